package dev.mpo.eval.judge.score;

import dev.mpo.eval.judge.text.PythonText;
import java.util.List;
import java.util.OptionalDouble;

/** Equality of numbers with units of angle, length and share. */
public final class MathScore {

    private static final double TOLERANCE = 1e-3;

    private static final List<String> UNITS = List.of("degrees", "degree", "\\angle", "°", "%", "cm");

    private MathScore() {}

    /**
     * Returns whether an answer is within 0.1 % of the ground truth once units are left out; what is no number, and a
     * ground truth of zero, must be the same text, ignoring case.
     */
    public static boolean isRight(String answer, String groundTruth) {
        return Closeness.within(TOLERANCE, number(answer), number(groundTruth))
                .orElseGet(() -> PythonText.sameIgnoringCase(answer, groundTruth));
    }

    private static OptionalDouble number(String text) {
        String digits = text;
        for (String unit : UNITS) {
            digits = digits.replace(unit, "");
        }
        return PythonText.number(digits);
    }
}
