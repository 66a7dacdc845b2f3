package dev.mpo.eval.benchmark;

import java.util.List;
import java.util.Optional;

/** Scores the answers to a data set without a judge, as VLMEvalKit does with {@code exact_matching}. */
public interface Scorer {

    /** Returns the scores. */
    ScoreTable score(List<Answered> answers);

    /** Returns the scorer of a data set; empty for sets that need a judge. */
    static Optional<Scorer> of(String dataset, List<String> columns, OptionMatcher matcher) {
        BenchmarkType type = PromptRules.type(dataset, columns);
        return switch (type) {
            case MCQ -> Optional.of(new ChoiceScorer(dataset, matcher));
            case YES_NO -> Optional.of(yesNo(dataset));
            case VQA, OTHER -> open(dataset);
        };
    }

    private static Scorer yesNo(String dataset) {
        if (dataset.contains("POPE")) {
            return new YesNoScorers.Pope();
        }
        if (dataset.contains("HallusionBench")) {
            return new YesNoScorers.Hallusion();
        }
        return dataset.contains("AMBER") ? new YesNoScorers.Amber() : new YesNoScorers.Mme();
    }

    private static Optional<Scorer> open(String dataset) {
        if (dataset.contains("OCRBench")) {
            return Optional.of(new OcrBenchScorer());
        }
        if (dataset.contains("CRPE")) {
            return Optional.of(new CrpeScorer());
        }
        return OpenScorer.of(dataset);
    }
}
