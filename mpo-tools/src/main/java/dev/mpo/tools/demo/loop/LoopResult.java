package dev.mpo.tools.demo.loop;

import dev.mpo.eval.exam.ExamResult;
import dev.mpo.eval.pipeline.pairs.PairReport;
import dev.mpo.train.callback.TrainingSummary;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a loop came to.
 *
 * @param folder where everything is
 * @param options what was asked for
 * @param sftMetas the meta files of the supervised training
 * @param mpoMetas the meta files of the preference training
 * @param promptFiles the questions that were asked
 * @param numParameters parameters of the model
 * @param sft the supervised training
 * @param before the examination after it
 * @param pairs what the samples came to, by kind of question
 * @param mpo the preference training
 * @param after the examination after it
 * @param seconds wall time of each phase
 */
public record LoopResult(
        LoopFolder folder,
        LoopOptions options,
        List<Path> sftMetas,
        List<Path> mpoMetas,
        List<Path> promptFiles,
        long numParameters,
        TrainingSummary sft,
        ExamResult before,
        List<PairReport> pairs,
        TrainingSummary mpo,
        ExamResult after,
        Map<LoopPhase, Double> seconds) {

    /** Copies the collections. */
    public LoopResult {
        sftMetas = List.copyOf(sftMetas);
        mpoMetas = List.copyOf(mpoMetas);
        promptFiles = List.copyOf(promptFiles);
        pairs = List.copyOf(pairs);
        seconds = new EnumMap<>(seconds);
    }

    /** Returns the wall time of everything. */
    public double totalSeconds() {
        return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
