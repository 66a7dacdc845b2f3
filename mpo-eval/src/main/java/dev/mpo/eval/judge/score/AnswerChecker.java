package dev.mpo.eval.judge.score;

import dev.mpo.eval.judge.text.PythonText;
import java.util.Collection;

/**
 * The verdict of the published pipeline on an answer: right if the best of a data set's scores is above 0.9.
 *
 * <p>It calls wrong what it cannot read, and right some answers that only look alike once punctuation is left out:
 * {@code -5} for {@code 5}. {@link CarefulJudge} finds those.
 */
public final class AnswerChecker {

    private static final double RIGHT_ABOVE = 0.9;

    /** Returns whether an answer is right; one that equals the ground truth ignoring case always is. */
    public boolean isRight(String answer, String groundTruth, Collection<ScoreMode> modes) {
        return PythonText.sameIgnoringCase(answer, groundTruth)
                || modes.stream().anyMatch(mode -> score(answer, groundTruth, mode, modes) > RIGHT_ABOVE);
    }

    private static double score(String answer, String groundTruth, ScoreMode mode, Collection<ScoreMode> modes) {
        return switch (mode) {
            case VQA_SCORE -> isEmptyToVqa(answer, groundTruth) ? 0 : VqaScore.of(answer, groundTruth);
            case RELAXED_ACCURACY -> number(RelaxedAccuracy.isRight(answer, groundTruth));
            case ANLS -> Anls.of(answer, groundTruth);
            case MC_SCORE -> number(MultipleChoice.isRight(answer, groundTruth));
            case MATH_SCORE -> number(MathScore.isRight(answer, groundTruth));
            case LATEX_SCORE -> number(LatexScore.isRight(answer, groundTruth));
            case MATH_VERIFY_SCORE -> verified(answer, groundTruth, modes);
        };
    }

    /** An answer of nothing but articles and punctuation, such as option A, proves nothing to these two scores. */
    private static double verified(String answer, String groundTruth, Collection<ScoreMode> modes) {
        boolean ignored = modes.contains(ScoreMode.VQA_SCORE) && isEmptyToVqa(answer, groundTruth);
        return number(!ignored && MathVerification.isRight(answer, groundTruth));
    }

    private static boolean isEmptyToVqa(String answer, String groundTruth) {
        return VqaNormalizer.normalize(answer).isEmpty()
                || VqaNormalizer.normalize(groundTruth).isEmpty();
    }

    private static double number(boolean right) {
        return right ? 1 : 0;
    }
}
