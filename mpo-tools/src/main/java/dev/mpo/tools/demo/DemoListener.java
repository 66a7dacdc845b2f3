package dev.mpo.tools.demo;

import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.synth.SyntheticDataset;
import dev.mpo.train.callback.Callback;
import dev.mpo.train.score.ScoreSummary;

/**
 * Follows a demonstration. As a {@link Callback} it follows the training. All methods are called from the thread of the
 * demonstration and do nothing by default.
 */
public interface DemoListener extends Callback {

    /** Called when a phase begins. */
    default void onPhase(DemoPhase phase) {}

    /** Called when the data set is written; the example is one of its training pairs. */
    default void onData(SyntheticDataset data, PreferenceRow example) {}

    /** Called when the untrained model is written. */
    default void onModel(long numParameters) {}

    /** Called while held-out pairs are scored. */
    default void onScoring(long done, long total) {}

    /** Called when the held-out pairs are scored. */
    default void onScored(DemoPhase phase, ScoreSummary scores) {}
}
