package dev.mpo.eval.benchmark;

import dev.mpo.eval.judge.text.PythonText;
import java.util.OptionalDouble;

/** Relaxed accuracy of chart questions (Masry et al., 2022): within 5 % of the number, else the same text. */
public final class ChartAnswer {

    private static final double TOLERANCE = 0.05;
    private static final double HUNDRED = 100;

    private ChartAnswer() {}

    /**
     * Returns whether a prediction is right; for a target of zero, or no number, the texts must be equal but for case.
     */
    public static boolean isRight(String target, String prediction) {
        OptionalDouble wanted = number(target);
        OptionalDouble given = number(prediction);
        if (given.isPresent() && wanted.isPresent() && wanted.getAsDouble() != 0) {
            double off = Math.abs(given.getAsDouble() - wanted.getAsDouble()) / Math.abs(wanted.getAsDouble());
            return off <= TOLERANCE;
        }
        return PythonText.sameIgnoringCase(target, prediction);
    }

    private static OptionalDouble number(String text) {
        if (!text.endsWith("%")) {
            return PythonText.number(text);
        }
        String digits = text;
        while (digits.endsWith("%")) {
            digits = digits.substring(0, digits.length() - 1);
        }
        OptionalDouble percent = PythonText.number(digits);
        return percent.isPresent() ? OptionalDouble.of(percent.getAsDouble() / HUNDRED) : percent;
    }
}
