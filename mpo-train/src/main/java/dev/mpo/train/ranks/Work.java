package dev.mpo.train.ranks;

/** A collective operation under way. */
@FunctionalInterface
public interface Work {

    /** An operation that is complete. */
    Work DONE = () -> {};

    /**
     * Completes the operation: afterwards the calling thread sees the result, and on CUDA so does every kernel that it
     * starts from then on. Awaiting twice is harmless.
     *
     * @throws dev.mpo.core.RankFailedException if the operation failed, or if a rank died or hangs
     */
    void await();
}
