package dev.mpo.train.callback;

import dev.mpo.train.metrics.StepMetrics;
import java.nio.file.Path;

/** Watches a training run. All methods are called from the training thread and do nothing by default. */
public interface Callback {

    /**
     * Called while the reference's log-probabilities are computed ahead of training ({@code reference.mode=cached}),
     * before {@link #onStart}; {@code done} of {@code total} pairs are complete.
     */
    default void onReference(long done, long total) {}

    /** Called once, when everything is loaded and before the first step. */
    default void onStart(RunPlan plan) {}

    /** Called after each micro-batch; {@code done} of {@code total} of the present step are complete. */
    default void onMicroBatch(int done, int total) {}

    /** Called after each optimizer step. */
    default void onStep(StepMetrics metrics) {}

    /** Asked after each optimizer step; if any observer says yes, the run saves its state and ends. */
    default boolean stopRequested() {
        return false;
    }

    /** Called once after the last step and the export. */
    default void onEnd(TrainingSummary summary) {}

    /**
     * Called last, also of a run that failed: the records in the run's folder are complete. It must not fail, for that
     * would hide why the run failed.
     */
    default void onRecorded(Path directory) {}
}
