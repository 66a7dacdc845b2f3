package dev.mpo.eval.judge.algebra;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Whether two formulas are the same, decided by their values.
 *
 * <p>Formulas with variables are compared at several fixed pseudo-random points: two different formulas of the size
 * that answers have agree at none of them in practice, and no symbolic simplification can fail.
 */
public final class Equality {

    private static final int POINTS = 8;
    private static final double RELATIVE_TOLERANCE = 1e-10;
    private static final double DECIMAL_UNIT = 1e6;
    private static final long SEED = 0x5eed;

    private Equality() {}

    /** Returns whether two formulas have the same values: equal to ten digits wherever both are defined. */
    public static boolean exact(Expression a, Expression b) {
        int compared = 0;
        for (Map<String, Double> point : points(a, b)) {
            double left = a.evaluate(point::get);
            double right = b.evaluate(point::get);
            if (Double.isFinite(left) != Double.isFinite(right)) {
                return false;
            }
            if (Double.isFinite(left)) {
                if (Math.abs(left - right) > RELATIVE_TOLERANCE * Math.max(Math.abs(left), Math.abs(right))) {
                    return false;
                }
                compared++;
            }
        }
        return compared > 0;
    }

    /**
     * As {@link #exact}, but where one of two numbers is written as a decimal fraction they are the same if they are
     * the same to six decimals.
     */
    public static boolean toSixDecimals(Expression a, Expression b) {
        boolean numbers =
                Stream.of(a, b).flatMap(Expression::variables).findAny().isEmpty();
        if (numbers && (a.isDecimal() || b.isDecimal())) {
            double left = a.evaluate(name -> Double.NaN);
            double right = b.evaluate(name -> Double.NaN);
            return Double.isFinite(left)
                    && Double.isFinite(right)
                    && Math.rint(left * DECIMAL_UNIT) == Math.rint(right * DECIMAL_UNIT);
        }
        return exact(a, b);
    }

    private static List<Map<String, Double>> points(Expression a, Expression b) {
        List<String> names = Stream.of(a, b)
                .flatMap(Expression::variables)
                .distinct()
                .sorted()
                .toList();
        if (names.isEmpty()) {
            return List.of(Map.of());
        }
        SplittableRandom random = new SplittableRandom(SEED);
        return Stream.generate(() -> point(names, random)).limit(POINTS).toList();
    }

    /** Positive, so that roots and logarithms are defined. */
    private static Map<String, Double> point(List<String> names, SplittableRandom random) {
        Map<String, Double> point = new TreeMap<>();
        for (String name : names) {
            point.put(name, 0.5 + 2 * random.nextDouble());
        }
        return point;
    }
}
