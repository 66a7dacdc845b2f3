package dev.mpo.eval.judge.value;

import dev.mpo.eval.judge.algebra.Equality;
import dev.mpo.eval.judge.algebra.Expression;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number or formula, perhaps as the right side of equations.
 *
 * @param sides the sides of an equation, or the one formula
 * @param unit what it counts
 */
record Quantity(List<Expression> sides, Unit unit) implements AnswerValue {

    private static final double LINEAR_TOLERANCE = 1e-9;
    private static final double HALF_UNIT = 0.5000001;
    private static final int LEAST_DIGITS = 3;

    public Quantity {
        sides = List.copyOf(sides);
    }

    Expression last() {
        return sides.get(sides.size() - 1);
    }

    private boolean isEquation() {
        return sides.size() > 1;
    }

    /** {@code x = ...}: the right side is the answer. */
    private boolean isAssignment() {
        return isEquation() && sides.get(0) instanceof Expression.Variable;
    }

    @Override
    public Comparison compare(AnswerValue other) {
        if (other instanceof Group group && group.members().size() == 1) {
            return group.members().get(0).compare(this);
        }
        if (other instanceof Group group && group.kind() == Group.Kind.LIST && isNumber()) {
            return Comparison.DIFFERENT;
        }
        return other instanceof Quantity quantity ? compare(quantity) : Comparison.UNKNOWN;
    }

    private boolean isNumber() {
        return Equality.variables(sides.subList(sides.size() - 1, sides.size())).isEmpty();
    }

    private Comparison compare(Quantity other) {
        if (isEquation() && other.isEquation()) {
            return equations(other);
        }
        if ((isEquation() && !isAssignment() && !isNumber())
                || (other.isEquation() && !other.isAssignment() && !other.isNumber())) {
            return Comparison.UNKNOWN;
        }
        return values(other);
    }

    private Comparison equations(Quantity other) {
        if (Equality.exact(sides.get(0), other.sides.get(0))) {
            return values(other);
        }
        if (Equality.proportional(difference(), other.difference())) {
            return Comparison.SAME;
        }
        return isAssignment() && other.isAssignment() && isNumber() && other.isNumber()
                ? values(other).and(Comparison.UNKNOWN)
                : Comparison.UNKNOWN;
    }

    private Expression difference() {
        return sides.get(0).minus(last());
    }

    private Comparison values(Quantity other) {
        if (unit.equals(Unit.PERCENT) != other.unit.equals(Unit.PERCENT)) {
            return percentage(other);
        }
        if (unit.equals(Unit.NONE) || other.unit.equals(Unit.NONE)) {
            return angle(other).and(Comparison.SAME);
        }
        if (unit.dimension().equals(other.unit.dimension())) {
            return numbers(inBaseUnits(), other.inBaseUnits());
        }
        Comparison numbers = numbers(last(), other.last());
        boolean known = unit.known() && other.unit.known();
        return known || numbers == Comparison.DIFFERENT ? Comparison.DIFFERENT : Comparison.UNKNOWN;
    }

    /** Degrees against a number without a unit that may be in radians. */
    private Comparison angle(Quantity other) {
        Comparison plain = numbers(last(), other.last());
        if (plain == Comparison.DIFFERENT && (unit.equals(Unit.DEGREE) != other.unit.equals(Unit.DEGREE))) {
            Expression radians = Expression.Constant.parse("180").over(pi());
            Expression mine = unit.equals(Unit.DEGREE) ? last() : last().times(radians);
            Expression theirs =
                    other.unit.equals(Unit.DEGREE) ? other.last() : other.last().times(radians);
            return numbers(mine, theirs) == Comparison.SAME ? Comparison.SAME : plain;
        }
        return plain;
    }

    private static Expression pi() {
        return new Expression.Constant(Math.PI, null, false);
    }

    /** A percentage is its hundredth; the bare number for it is usual where it is the ground truth's number. */
    private Comparison percentage(Quantity other) {
        boolean mine = unit.equals(Unit.PERCENT);
        Quantity percent = mine ? this : other;
        Quantity plain = mine ? other : this;
        Expression fraction = percent.last().over(Expression.Constant.parse("100.0"));
        if (numbers(fraction, plain.last()) == Comparison.SAME) {
            return Comparison.SAME;
        }
        return numbers(percent.last(), plain.last()) == Comparison.SAME && !mine && plain.unit.equals(Unit.NONE)
                ? Comparison.UNKNOWN
                : Comparison.DIFFERENT;
    }

    private Expression inBaseUnits() {
        double factor = unit.factor();
        return factor == 1 ? last() : last().times(new Expression.Constant(factor, null, true));
    }

    private static Comparison numbers(Expression a, Expression b) {
        if (Equality.toSixDecimals(a, b)) {
            return Comparison.SAME;
        }
        if (isRounded(a, b) || isRounded(b, a)) {
            return Comparison.UNKNOWN;
        }
        Comparison exact = Comparison.of(Equality.compare(a, b));
        boolean complex = Equality.variables(List.of(a, b)).equals(List.of("i"));
        return complex && exact == Comparison.DIFFERENT && !(isLinear(a) && isLinear(b)) ? Comparison.UNKNOWN : exact;
    }

    /** Whether a formula in i is a + bi: higher powers are not worked out. */
    private static boolean isLinear(Expression formula) {
        double middle = 2 * formula.evaluate(name -> 1);
        double ends = formula.evaluate(name -> 0) + formula.evaluate(name -> 2);
        return Math.abs(middle - ends) <= LINEAR_TOLERANCE * Math.max(1, Math.abs(middle));
    }

    /** Returns whether a decimal fraction of at least three digits is what the other, exact number rounds to. */
    private static boolean isRounded(Expression decimal, Expression exact) {
        BigDecimal written = decimal(decimal);
        double value = Equality.value(exact);
        if (written == null || exact.isDecimal() || written.precision() < LEAST_DIGITS || !Double.isFinite(value)) {
            return false;
        }
        double unit = Math.pow(10, -Math.max(0, written.scale()));
        return Math.abs(value - written.doubleValue()) <= HALF_UNIT * unit;
    }

    /** The number as it is written; null unless it is a decimal fraction alone. */
    private static @Nullable BigDecimal decimal(Expression formula) {
        if (formula instanceof Expression.Constant constant && constant.isDecimal()) {
            return new BigDecimal(Double.toString(constant.value()));
        }
        if (formula instanceof Expression.Operation operation && operation.isNegation()) {
            BigDecimal positive = decimal(operation.left());
            return positive == null ? null : positive.negate();
        }
        return null;
    }
}
