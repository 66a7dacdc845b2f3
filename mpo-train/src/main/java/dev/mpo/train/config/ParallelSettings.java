package dev.mpo.train.config;

/**
 * {@code parallel.*}: how a run spreads over several devices.
 *
 * @param shard what is split over the ranks
 * @param offload whether float32 weights and optimizer moments live in host memory
 */
public record ParallelSettings(Shard shard, boolean offload) {

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
