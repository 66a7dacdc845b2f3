package dev.mpo.eval.judge.algebra;

import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A real-valued formula. Its depth is bounded by the parser, so that walking through it needs little stack. */
public sealed interface Expression permits Expression.Constant, Expression.Variable, Expression.Operation {

    /** Returns the value where each variable has a given value; NaN where it has none. */
    double evaluate(ToDoubleFunction<String> variables);

    /** Adds the names of the variables to a set. */
    void collectVariables(Set<String> names);

    /** Returns whether a number in it is written as a decimal fraction, and so may stand for a rounded value. */
    boolean isDecimal();

    /**
     * Returns the value as a fraction of integers; null if it has variables, is irrational or too large to write out.
     */
    @Nullable Rational exact();

    /** Returns this formula divided by another. */
    default Expression over(Expression divisor) {
        return new Operation(Operator.DIVIDE, this, divisor);
    }

    /** Returns this formula times another. */
    default Expression times(Expression factor) {
        return new Operation(Operator.MULTIPLY, this, factor);
    }

    /** Returns this formula minus another. */
    default Expression minus(Expression subtrahend) {
        return new Operation(Operator.SUBTRACT, this, subtrahend);
    }

    /** Returns this formula with the other sign. */
    default Expression negated() {
        return this instanceof Operation operation && operation.isNegation()
                ? operation.left()
                : new Operation(Operator.NEGATE, this, this);
    }

    /**
     * A number.
     *
     * @param value its value to double precision
     * @param exact its value, or null for an irrational one such as pi
     * @param isDecimal whether it is written as a decimal fraction
     */
    record Constant(double value, @Nullable Rational exact, boolean isDecimal) implements Expression {

        /** Returns an integer. */
        public static Constant of(long value) {
            return new Constant(value, Rational.of(value), false);
        }

        /** Reads a number in decimal notation without separators; it is a decimal fraction if it has a point. */
        public static Constant parse(String text) {
            return new Constant(Double.parseDouble(text), Rational.parse(text), text.contains("."));
        }

        /** Returns an irrational number. */
        static Constant irrational(double value) {
            return new Constant(value, null, false);
        }

        @Override
        public double evaluate(ToDoubleFunction<String> variables) {
            return value;
        }

        @Override
        public void collectVariables(Set<String> names) {
            // A number has none.
        }
    }

    /**
     * A variable.
     *
     * @param name its name, with its subscript
     */
    record Variable(String name) implements Expression {

        @Override
        public double evaluate(ToDoubleFunction<String> variables) {
            return variables.applyAsDouble(name);
        }

        @Override
        public void collectVariables(Set<String> names) {
            names.add(name);
        }

        @Override
        public boolean isDecimal() {
            return false;
        }

        @Override
        public @Nullable Rational exact() {
            return null;
        }
    }

    /**
     * A function of one or two formulas.
     *
     * @param operator the function
     * @param left its first argument
     * @param right its second argument; the first again where it has only one
     */
    record Operation(Operator operator, Expression left, Expression right) implements Expression {

        /** Returns whether this is a formula with a minus sign before it. */
        public boolean isNegation() {
            return operator == Operator.NEGATE;
        }

        @Override
        public double evaluate(ToDoubleFunction<String> variables) {
            double first = left.evaluate(variables);
            return operator.of(first, left == right ? first : right.evaluate(variables));
        }

        @Override
        public void collectVariables(Set<String> names) {
            left.collectVariables(names);
            if (left != right) {
                right.collectVariables(names);
            }
        }

        @Override
        public boolean isDecimal() {
            return left.isDecimal() || (left != right && right.isDecimal());
        }

        @Override
        public @Nullable Rational exact() {
            Rational first = left.exact();
            Rational second = left == right || first == null ? first : right.exact();
            return first == null || second == null ? null : operator.exactly(first, second);
        }
    }
}
