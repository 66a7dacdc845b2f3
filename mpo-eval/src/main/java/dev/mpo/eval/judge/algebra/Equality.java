package dev.mpo.eval.judge.algebra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether two formulas are the same, decided by their values.
 *
 * <p>Fractions of integers are compared exactly. Formulas with variables are compared at several fixed pseudo-random
 * points: two different formulas of the size that answers have agree at none of them in practice, and no symbolic
 * simplification can fail.
 */
public final class Equality {

    private static final int POINTS = 8;
    private static final double RELATIVE_TOLERANCE = 1e-10;
    private static final double DECIMAL_UNIT = 1e6;
    private static final long SEED = 0x5eed;

    private Equality() {}

    /** What is known about two formulas. */
    public enum Verdict {
        /** They have the same values. */
        SAME,
        /** They have different values. */
        DIFFERENT,
        /** They have no finite value that could be compared, such as {@code 1/0}. */
        UNKNOWN
    }

    /** Returns whether two formulas have the same values: equal to ten digits wherever both are defined. */
    public static boolean exact(Expression a, Expression b) {
        return compare(a, b) == Verdict.SAME;
    }

    /** Compares two formulas: fractions exactly, others to ten digits wherever both are defined. */
    public static Verdict compare(Expression a, Expression b) {
        Rational left = a.exact();
        Rational right = b.exact();
        if (left != null && right != null) {
            return left.equals(right) ? Verdict.SAME : Verdict.DIFFERENT;
        }
        if (isInfinite(a) && isInfinite(b)) {
            return value(a) == value(b) ? Verdict.SAME : Verdict.DIFFERENT;
        }
        int compared = 0;
        boolean signed = hasAbsolute(a) || hasAbsolute(b);
        for (double[] values : values(a, b, signed)) {
            Verdict one = compare(values[0], values[1]);
            if (one == Verdict.DIFFERENT) {
                return one;
            }
            compared += one == Verdict.SAME ? 1 : 0;
        }
        return compared > 0 ? Verdict.SAME : Verdict.UNKNOWN;
    }

    /** Infinity as it is written, not the result of a division by zero. */
    private static boolean isInfinite(Expression formula) {
        return formula instanceof Expression.Constant constant
                ? Double.isInfinite(constant.value())
                : formula instanceof Expression.Operation operation
                        && operation.isNegation()
                        && isInfinite(operation.left());
    }

    private static Verdict compare(double left, double right) {
        if (!Double.isFinite(left) && !Double.isFinite(right)) {
            return Verdict.UNKNOWN;
        }
        if (!Double.isFinite(left) || !Double.isFinite(right)) {
            return Verdict.DIFFERENT;
        }
        return Math.abs(left - right) > RELATIVE_TOLERANCE * Math.max(Math.abs(left), Math.abs(right))
                ? Verdict.DIFFERENT
                : Verdict.SAME;
    }

    /**
     * As {@link #exact}, but where one of two numbers is written as a decimal fraction they are the same if they are
     * the same to six decimals.
     */
    public static boolean toSixDecimals(Expression a, Expression b) {
        boolean numbers = variables(List.of(a, b)).isEmpty();
        if (numbers && (a.isDecimal() || b.isDecimal())) {
            double left = value(a);
            double right = value(b);
            return Double.isFinite(left)
                    && Double.isFinite(right)
                    && Math.rint(left * DECIMAL_UNIT) == Math.rint(right * DECIMAL_UNIT);
        }
        return exact(a, b);
    }

    /** Returns whether one formula is a fixed multiple, not zero, of the other: whether both have the same zeros. */
    public static boolean proportional(Expression a, Expression b) {
        @Nullable Double ratio = null;
        for (double[] values : values(a, b, true)) {
            double each = values[0] / values[1];
            if (!Double.isFinite(each) || each == 0) {
                return false;
            }
            if (ratio != null && compare(each, ratio) != Verdict.SAME) {
                return false;
            }
            ratio = each;
        }
        return ratio != null;
    }

    /** Returns the value of a formula without variables; NaN if it has none. */
    public static double value(Expression number) {
        return number.evaluate(name -> Double.NaN);
    }

    /** Returns the names of the variables of formulas, in order. */
    public static List<String> variables(List<Expression> formulas) {
        TreeSet<String> names = new TreeSet<>();
        formulas.forEach(formula -> formula.collectVariables(names));
        return List.copyOf(names);
    }

    private static boolean hasAbsolute(Expression formula) {
        return formula instanceof Expression.Operation operation
                && (operation.operator() == Operator.ABSOLUTE
                        || hasAbsolute(operation.left())
                        || (operation.left() != operation.right() && hasAbsolute(operation.right())));
    }

    /** The values of two formulas at the same points. */
    private static List<double[]> values(Expression a, Expression b, boolean signed) {
        List<double[]> values = new ArrayList<>();
        for (Map<String, Double> point : points(variables(List.of(a, b)), signed)) {
            values.add(new double[] {a.evaluate(point::get), b.evaluate(point::get)});
        }
        return values;
    }

    private static List<Map<String, Double>> points(List<String> names, boolean signed) {
        if (names.isEmpty()) {
            return List.of(Map.of());
        }
        SplittableRandom random = new SplittableRandom(SEED);
        return Stream.generate(() -> point(names, random, signed)).limit(POINTS).toList();
    }

    /** Positive, so that roots and logarithms are defined, unless a sign is what matters. */
    private static Map<String, Double> point(List<String> names, SplittableRandom random, boolean signed) {
        Map<String, Double> point = new TreeMap<>();
        for (String name : names) {
            double size = 0.5 + 2 * random.nextDouble();
            point.put(name, signed && random.nextBoolean() ? -size : size);
        }
        return point;
    }
}
