package dev.mpo.tools.demo;

import dev.mpo.data.synth.SyntheticDataset;

/**
 * What a demonstration may vary.
 *
 * @param steps optimizer steps, at least 1
 * @param seed decides the pictures, the starting weights and the order of the pairs; at least 0
 * @param trainPairs pairs to train on, at least 100
 * @param heldOutPairs pairs to measure on, at least 25
 */
public record DemoOptions(int steps, long seed, int trainPairs, int heldOutPairs) {

    /** Checks the ranges. */
    public DemoOptions {
        if (steps < 1 || seed < 0) {
            throw new IllegalArgumentException("need at least 1 step and a seed of at least 0: " + steps + ", " + seed);
        }
    }

    /** Returns the options of {@code mpo demo}: 1000 steps, seed 0, 1200 pairs and 200 held-out ones. */
    public static DemoOptions defaults() {
        SyntheticDataset.Options data = SyntheticDataset.Options.defaults();
        return new DemoOptions(1000, 0, data.trainPairs(), data.heldOutPairs());
    }

    /** Returns what to draw. */
    SyntheticDataset.Options data() {
        return new SyntheticDataset.Options(
                seed,
                trainPairs,
                heldOutPairs,
                SyntheticDataset.Options.defaults().pictureSize());
    }
}
