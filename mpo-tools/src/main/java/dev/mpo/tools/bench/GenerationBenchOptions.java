package dev.mpo.tools.bench;

import dev.mpo.core.ConfigException;
import dev.mpo.train.setup.Placement;
import java.util.List;

/**
 * What to measure of generation.
 *
 * @param preset name of the architecture
 * @param batchSizes answers at once, each a measurement of its own
 * @param tiles image tiles of each prompt
 * @param promptTokens tokens of each prompt, visual tokens not counted
 * @param newTokens tokens of each answer
 * @param temperature of the draws; 0 is greedy
 * @param topK how many of the most likely tokens are drawn from; 0 for all
 * @param repetitions measured rounds
 * @param warmup rounds before these
 * @param placement where it runs and in which type
 * @param seed of weights, prompts and draws
 */
public record GenerationBenchOptions(
        String preset,
        List<Integer> batchSizes,
        int tiles,
        int promptTokens,
        int newTokens,
        double temperature,
        int topK,
        int repetitions,
        int warmup,
        Placement placement,
        long seed) {

    /** Checks the sizes and copies the list. */
    public GenerationBenchOptions {
        batchSizes = List.copyOf(batchSizes);
        require(!batchSizes.isEmpty() && batchSizes.stream().allMatch(size -> size >= 1), "--batch-size", batchSizes);
        require(promptTokens >= 1, "--prompt-tokens", promptTokens);
        require(newTokens >= 2, "--new-tokens (at least 2)", newTokens);
        require(repetitions >= 1, "--repetitions", repetitions);
        require(tiles >= 0 && warmup >= 0, "--tiles and --warmup (at least 0)", tiles + ", " + warmup);
    }

    private static void require(boolean condition, String name, Object found) {
        if (!condition) {
            throw new ConfigException(name + ": expected positive whole numbers, got " + found);
        }
    }
}
