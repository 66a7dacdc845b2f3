package dev.mpo.train.setup;

/** Watches the computation of reference log-probabilities. */
public interface ReferenceProgress {

    /** Called after each pair: {@code done} of {@code total} are complete. */
    void update(long done, long total);
}
