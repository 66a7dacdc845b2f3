package dev.mpo.eval.judge.score;

import dev.mpo.eval.judge.text.PythonText;
import java.util.OptionalDouble;

/** The relaxed accuracy of chart questions (Masry et al., "ChartQA", 2022, section 5.1). */
public final class RelaxedAccuracy {

    private static final double TOLERANCE = 0.05;
    private static final int YEAR_LENGTH = 4;

    private RelaxedAccuracy() {}

    /**
     * Returns whether an answer is within 5 % of the ground truth, percent signs aside; what is no number, a ground
     * truth of zero, and one that looks like a year of this century must be the same text, ignoring case.
     */
    public static boolean isRight(String answer, String groundTruth) {
        boolean year = PythonText.length(groundTruth) == YEAR_LENGTH && groundTruth.startsWith("20");
        if (year) {
            return PythonText.sameIgnoringCase(answer, groundTruth);
        }
        return Closeness.within(TOLERANCE, number(answer), number(groundTruth))
                .orElseGet(() -> PythonText.sameIgnoringCase(answer, groundTruth));
    }

    private static OptionalDouble number(String text) {
        String digits = text;
        while (digits.endsWith("%")) {
            digits = digits.substring(0, digits.length() - 1);
        }
        return PythonText.number(digits);
    }
}
