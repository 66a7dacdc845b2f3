package dev.mpo.train.config;

/**
 * {@code parallel.*}: how a run spreads over several devices.
 *
 * @param shard what is split over the ranks
 * @param offload what lives in host memory
 * @param timeoutSeconds how long ranks wait for one that does not come to an exchange before the run ends
 */
public record ParallelSettings(
        Shard shard, Offload offload, @Range(min = 1) int timeoutSeconds) {

    /** What lives in host memory and is updated there. */
    public enum Offload {
        /** Nothing. */
        NONE,
        /** Float32 weights, sums of gradients and optimizer moments. */
        OPTIMIZER
    }

    /** What is split over the ranks. */
    public enum Shard {
        /** Nothing; every rank holds everything. */
        NONE,
        /** Optimizer state. */
        OPTIMIZER,
        /** Optimizer state, gradients and parameters. */
        FULL
    }
}
