package dev.mpo.tools.bench;

import dev.mpo.train.setup.Placement;
import java.util.List;

/**
 * What to measure.
 *
 * @param preset name of the architecture
 * @param shape size of a pair
 * @param batchSize pairs per micro-batch
 * @param repetitions measured rounds; each round runs every variant once
 * @param warmup rounds before these
 * @param variants what is compared
 * @param placement where it runs and in which type
 * @param seed of weights and pairs
 */
public record BenchOptions(
        String preset,
        PairShape shape,
        int batchSize,
        int repetitions,
        int warmup,
        List<BenchVariant> variants,
        Placement placement,
        long seed) {

    /** Copies the list. */
    public BenchOptions {
        variants = List.copyOf(variants);
    }
}
