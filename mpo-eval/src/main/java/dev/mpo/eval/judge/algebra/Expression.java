package dev.mpo.eval.judge.algebra;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** A real-valued formula. */
public sealed interface Expression {

    /** Returns the value where each variable has a given value; NaN where it has none. */
    double evaluate(ToDoubleFunction<String> variables);

    /** Returns the formulas that this one is made of. */
    List<Expression> parts();

    /** Returns the names of the variables, possibly more than once. */
    default Stream<String> variables() {
        return parts().stream().flatMap(Expression::variables);
    }

    /** Returns whether a number in it is written as a decimal fraction, and so may stand for a rounded value. */
    default boolean isDecimal() {
        return parts().stream().anyMatch(Expression::isDecimal);
    }

    /**
     * A number.
     *
     * @param value its value
     * @param isDecimal whether it is written as a decimal fraction
     */
    record Constant(double value, boolean isDecimal) implements Expression {

        @Override
        public double evaluate(ToDoubleFunction<String> variables) {
            return value;
        }

        @Override
        public List<Expression> parts() {
            return List.of();
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
        public List<Expression> parts() {
            return List.of();
        }

        @Override
        public Stream<String> variables() {
            return Stream.of(name);
        }
    }

    /**
     * A function of one formula.
     *
     * @param function the function
     * @param argument what it is applied to
     */
    record Unary(DoubleUnaryOperator function, Expression argument) implements Expression {

        @Override
        public double evaluate(ToDoubleFunction<String> variables) {
            return function.applyAsDouble(argument.evaluate(variables));
        }

        @Override
        public List<Expression> parts() {
            return List.of(argument);
        }
    }

    /**
     * A function of two formulas.
     *
     * @param function the function
     * @param left its first argument
     * @param right its second argument
     */
    record Binary(DoubleBinaryOperator function, Expression left, Expression right) implements Expression {

        @Override
        public double evaluate(ToDoubleFunction<String> variables) {
            return function.applyAsDouble(left.evaluate(variables), right.evaluate(variables));
        }

        @Override
        public List<Expression> parts() {
            return List.of(left, right);
        }
    }
}
