package dev.mpo.tools.demo.loop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.data.synth.QuestionSets;
import dev.mpo.eval.exam.ExamResult;
import dev.mpo.eval.pipeline.pairs.PairReport;
import dev.mpo.train.callback.Callback;
import java.util.List;

/**
 * Follows the loop. As a {@link Callback} it follows both trainings. All methods are called from the thread of the loop
 * and do nothing by default.
 */
public interface LoopListener extends Callback {

    /** Called when a phase begins. */
    default void onPhase(LoopPhase phase) {}

    /** Called when the pictures are drawn. */
    default void onData(QuestionSets data) {}

    /** Called when the untrained model is written. */
    default void onModel(long numParameters) {}

    /** Called while samples are made. */
    default void onSampling(long done, long total) {}

    /** Called with each sample. */
    default void onSample(ObjectNode row) {}

    /** Called when the samples are judged and the pairs are written. */
    default void onPairs(List<PairReport> reports) {}

    /** Called while questions of the examination are answered. */
    default void onExam(long done, long total) {}

    /** Called when the examination is over. */
    default void onExamined(LoopPhase phase, ExamResult result) {}
}
