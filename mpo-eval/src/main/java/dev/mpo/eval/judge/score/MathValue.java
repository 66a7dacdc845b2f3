package dev.mpo.eval.judge.score;

import dev.mpo.eval.judge.algebra.Expression;
import java.util.List;

/**
 * A number or formula found in an answer.
 *
 * @param text how it is written
 * @param sides the sides of an equation, or one formula; empty for a text that could not be read as a formula
 * @param percent whether a percent sign follows
 */
record MathValue(String text, List<Expression> sides, boolean percent) {

    private static final Expression HUNDRED = Expression.Constant.parse("100.0");

    MathValue {
        sides = List.copyOf(sides);
    }

    Expression first() {
        return sides.get(0);
    }

    /** The value that an equation assigns. */
    Expression last() {
        return sides.get(sides.size() - 1);
    }

    /** The value, a percentage as the fraction it stands for. */
    Expression fraction() {
        // The hundredth of a whole number is a decimal fraction.
        return percent ? last().over(HUNDRED) : last();
    }
}
