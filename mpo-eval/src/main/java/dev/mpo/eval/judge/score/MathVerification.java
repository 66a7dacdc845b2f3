package dev.mpo.eval.judge.score;

import dev.mpo.eval.judge.algebra.Equality;
import java.util.List;

/**
 * Equality of the numbers or formulas that two answers contain, in the manner of the math-verify library: {@code x =
 * 2}, {@code $5}, {@code 12 m^2} and {@code $\frac{1}{2}$} are read as 2, 5, 12 and one half.
 *
 * <p>Left out of what that library does: sets, intervals, matrices, complex numbers, and symbolic simplification
 * (values are compared instead).
 */
public final class MathVerification {

    private MathVerification() {}

    /**
     * Returns whether an answer holds the same number or formula as the ground truth: equal exactly, or to six decimals
     * where one is a decimal fraction. A percentage equals both its number and a hundredth of it. An answer that names
     * an option from A to D holds no number.
     */
    public static boolean isRight(String answer, String groundTruth) {
        List<MathValue> wanted = MathExtraction.groundTruth(groundTruth);
        if (wanted.isEmpty()) {
            return false;
        }
        List<MathValue> given = MathExtraction.answer(answer);
        return given.stream().anyMatch(a -> wanted.stream().anyMatch(b -> same(a, b)));
    }

    private static boolean same(MathValue a, MathValue b) {
        if (a.sides().isEmpty() || b.sides().isEmpty()) {
            return a.text().equals(b.text());
        }
        if (a.sides().size() > 1 && b.sides().size() > 1) {
            return Equality.toSixDecimals(a.first(), b.first()) && Equality.toSixDecimals(a.last(), b.last());
        }
        if (Equality.toSixDecimals(a.last(), b.last())) {
            return true;
        }
        return a.percent() != b.percent() && Equality.toSixDecimals(a.fraction(), b.fraction());
    }
}
