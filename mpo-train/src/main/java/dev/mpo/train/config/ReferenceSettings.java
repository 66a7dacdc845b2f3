package dev.mpo.train.config;

import org.jspecify.annotations.Nullable;

/**
 * {@code reference.*}: the frozen model that the policy is compared with.
 *
 * @param mode where its log-probabilities come from
 * @param path its checkpoint folder; absent = the policy's starting checkpoint
 * @param cache folder of cached log-probabilities, which runs may share; absent = the run's output folder
 */
public record ReferenceSettings(
        Mode mode, @Nullable String path, @Nullable String cache) {

    /** Where the reference's log-probabilities come from. */
    public enum Mode {
        /** A frozen second copy of the model. */
        COPY,
        /** The policy with its adapters switched off. */
        ADAPTER,
        /** Computed once before training and read from disk. */
        CACHED
    }
}
