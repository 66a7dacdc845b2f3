package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Follows a sampling job, on the thread that runs it. */
public interface SamplingListener {

    /** Called once before the first sample: how many this process has to make, and how many there were. */
    default void onStart(SamplingReport before) {}

    /** Called after each sample. */
    default void onProgress(long done, long total) {}

    /** Called with each row that was written. */
    default void onSample(ObjectNode row) {}

    /** Called with each sample that could not be had, and each row of the prompt file that cannot be used. */
    default void onFailure(String where, String reason) {}

    /** Asked again and again; true ends the job, which goes on when it is started again. */
    default boolean stopRequested() {
        return false;
    }
}
