package dev.mpo.eval.judge.score;

import java.util.Collection;

/** Decides whether an answer is right; {@link CarefulJudge} is the one that the pipelines use. */
@FunctionalInterface
public interface AnswerJudge {

    /**
     * Judges an answer.
     *
     * @param answer the final answer of a response
     * @param groundTruth what it should be
     * @param modes the scores of which the best counts
     */
    Judgement judge(String answer, String groundTruth, Collection<ScoreMode> modes);
}
