package dev.mpo.train.config;

/**
 * {@code parallel.*}: how a run spreads over several devices.
 *
 * @param shard what is split over the ranks
 * @param offload what lives in host memory
 * @param timeoutSeconds how long ranks wait for one that does not come to an exchange before the run ends
 * @param stallSeconds how long a rank may do nothing while others wait for it before the run ends; 0 for as long as
 *     {@code timeoutSeconds}
 */
public record ParallelSettings(
        Shard shard,
        Offload offload,
        @Range(min = 1) int timeoutSeconds,
        @Range(min = 0) int stallSeconds) {

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
