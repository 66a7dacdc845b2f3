package dev.mpo.core.loss;

import java.util.function.DoubleUnaryOperator;

/**
 * A scalar function together with its derivative.
 *
 * @param value the function
 * @param slope its derivative; at a kink, the one-sided derivative that PyTorch takes
 */
record Curve(DoubleUnaryOperator value, DoubleUnaryOperator slope) {

    /** The logistic loss -log s(x), finite for every finite x. */
    static final Curve LOGISTIC = new Curve(x -> softplus(-x), x -> -sigmoid(-x));

    /** The zero function, for a term that ignores one of the two answers. */
    static final Curve ZERO = new Curve(x -> 0, x -> 0);

    /** The logistic function s(x). */
    static final Curve SIGMOID = new Curve(Curve::sigmoid, x -> sigmoid(x) * sigmoid(-x));

    /** The mixture (1 - smoothing) * -log s(x) + smoothing * -log s(-x): the label is wrong with that probability. */
    static Curve smoothedLogistic(double smoothing) {
        return LOGISTIC.times(1 - smoothing).plus(LOGISTIC.mirrored().times(smoothing));
    }

    /** The square (x - center)^2. */
    static Curve square(double center) {
        return new Curve(x -> (x - center) * (x - center), x -> 2 * (x - center));
    }

    Curve plus(Curve other) {
        return new Curve(
                x -> value.applyAsDouble(x) + other.value.applyAsDouble(x),
                x -> slope.applyAsDouble(x) + other.slope.applyAsDouble(x));
    }

    Curve times(double factor) {
        // A factor of 0 must not turn an infinite value into NaN, so the product is left out altogether.
        if (factor == 0) {
            return ZERO;
        }
        return new Curve(x -> factor * value.applyAsDouble(x), x -> factor * slope.applyAsDouble(x));
    }

    /** This function of -x. */
    Curve mirrored() {
        return new Curve(x -> value.applyAsDouble(-x), x -> -slope.applyAsDouble(-x));
    }

    /** This function of x - shift. */
    Curve shifted(double shift) {
        return new Curve(x -> value.applyAsDouble(x - shift), x -> slope.applyAsDouble(x - shift));
    }

    /** The logistic function, without overflow at either end. */
    static double sigmoid(double x) {
        if (x >= 0) {
            return 1 / (1 + Math.exp(-x));
        }
        double e = Math.exp(x);
        return e / (1 + e);
    }

    /** log(1 + exp(x)), which grows like x instead of overflowing. */
    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
