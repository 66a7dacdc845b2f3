package dev.mpo.eval.judge.algebra;

import org.jspecify.annotations.Nullable;

/** What can be done with numbers in a formula. */
enum Operator {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    POWER,
    NEGATE,
    ABSOLUTE,
    FACTORIAL,
    FLOOR,
    CEILING,
    CHOOSE,
    SQUARE_ROOT,
    ROOT,
    LOGARITHM,
    SIN,
    COS,
    TAN,
    COT,
    SEC,
    CSC,
    ARCSIN,
    ARCCOS,
    ARCTAN,
    SINH,
    COSH,
    TANH,
    LN,
    EXP;

    private static final int LARGEST_FACTORIAL = 170;
    private static final int CUBE = 3;

    /** Returns the value of this function at two numbers; functions of one number ignore the second. */
    double of(double a, double b) {
        return switch (this) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case POWER -> Math.pow(a, b);
            case NEGATE -> -a;
            case ABSOLUTE -> Math.abs(a);
            case FACTORIAL -> factorial(a);
            case FLOOR -> Math.floor(a);
            case CEILING -> Math.ceil(a);
            case CHOOSE -> choose(a, b);
            case SQUARE_ROOT -> Math.sqrt(a);
            case ROOT -> b == CUBE ? Math.cbrt(a) : Math.pow(a, 1 / b);
            case LOGARITHM -> Math.log(a) / Math.log(b);
            default -> elementary(a);
        };
    }

    private double elementary(double x) {
        return switch (this) {
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case TAN -> Math.tan(x);
            case COT -> 1 / Math.tan(x);
            case SEC -> 1 / Math.cos(x);
            case CSC -> 1 / Math.sin(x);
            case ARCSIN -> Math.asin(x);
            case ARCCOS -> Math.acos(x);
            case ARCTAN -> Math.atan(x);
            case SINH -> Math.sinh(x);
            case COSH -> Math.cosh(x);
            case TANH -> Math.tanh(x);
            case LN -> Math.log(x);
            case EXP -> Math.exp(x);
            default -> throw new IllegalStateException(this + " is no function of one number");
        };
    }

    /**
     * Returns the function whose value {@code f^{-1}} denotes: {@code \sin^{-1}} is the inverse, not the reciprocal.
     */
    @Nullable Operator inverse() {
        return switch (this) {
            case SIN -> ARCSIN;
            case COS -> ARCCOS;
            case TAN -> ARCTAN;
            default -> null;
        };
    }

    /** Returns the exact value where this function of fractions is a fraction of moderate size, else null. */
    @Nullable Rational exactly(Rational a, Rational b) {
        return switch (this) {
            case ADD -> a.plus(b);
            case SUBTRACT -> a.plus(b.negated());
            case MULTIPLY -> a.times(b);
            case DIVIDE -> a.over(b);
            case POWER -> a.power(b);
            case NEGATE -> a.negated();
            case ABSOLUTE -> a.abs();
            case FACTORIAL -> a.factorial();
            case FLOOR -> a.floor();
            case CEILING -> a.negated().floor().negated();
            default -> null;
        };
    }

    private static double factorial(double n) {
        if (n < 0 || n > LARGEST_FACTORIAL || n != Math.rint(n)) {
            return Double.NaN;
        }
        double product = 1;
        for (int i = 2; i <= n; i++) {
            product *= i;
        }
        return product;
    }

    private static double choose(double n, double k) {
        if (n != Math.rint(n) || k != Math.rint(k) || k < 0 || k > n || n > LARGEST_FACTORIAL) {
            return Double.NaN;
        }
        double result = 1;
        for (int i = 1; i <= k; i++) {
            result = result * (n - k + i) / i;
        }
        return Math.rint(result);
    }
}
