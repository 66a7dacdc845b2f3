package dev.mpo.core.model;

/**
 * What of a model this process holds when several share it.
 *
 * <p>The flat vector of a stage's parameters is divided into {@code ranks} equal parts. {@link Mode#NONE}: every rank
 * holds everything. {@link Mode#OPTIMIZER}: every rank computes with all weights, but updates its own part alone, so
 * that master weights and moments exist once over all ranks (ZeRO stages 1 and 2; Rajbhandari et al., arXiv
 * 1910.02054). {@link Mode#FULL}: the weights of a stage, too, are together on a rank only while the stage is computed
 * (ZeRO stage 3).
 *
 * @param rank which part is this process's own
 * @param ranks the number of parts
 * @param mode what is divided
 * @param sumWhole whether gradients of whole stages stay in memory between micro-batches and are divided once per
 *     optimizer step; otherwise they exist while their stage is computed, and are divided in every micro-batch. Has no
 *     effect in mode {@code NONE} without {@code offload}, where they always stay, nor in mode {@code FULL} or with
 *     {@code offload}, where they never do
 * @param offload whether master weights and the sums of their gradients are kept in host memory
 */
public record Sharding(int rank, int ranks, Mode mode, boolean sumWhole, boolean offload) {

    /** Everything in one process. */
    public static final Sharding NONE = new Sharding(0, 1, Mode.NONE, true, false);

    /** What is divided among the ranks. */
    public enum Mode {
        /** Nothing. */
        NONE,
        /** Master weights, moments and the sums of gradients. */
        OPTIMIZER,
        /** All of these and the weights themselves. */
        FULL
    }

    /** Checks the numbers. */
    public Sharding {
        if (rank < 0 || rank >= ranks) {
            throw new IllegalArgumentException("part " + rank + " of " + ranks);
        }
    }

    /** Returns whether a rank's master weights are a part of the whole. */
    public boolean dividesMaster(boolean trained) {
        return mode == Mode.FULL || (trained && mode == Mode.OPTIMIZER);
    }

    /** Returns whether the weights of a stage come and go. */
    public boolean dividesWeights() {
        return mode == Mode.FULL;
    }

    /** Returns whether the gradients of whole stages come and go. */
    public boolean passingGradients() {
        return offload || mode == Mode.FULL || (mode == Mode.OPTIMIZER && !sumWhole);
    }
}
