package dev.mpo.eval.judge.algebra;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A fraction of two integers in lowest terms, the denominator positive.
 *
 * <p>Results that would take more than {@value #MOST_BITS} bits are not computed: the methods return null then, so that
 * no answer such as {@code 9^9^9} takes a machine's memory.
 *
 * @param numerator the numerator, with the sign
 * @param denominator the denominator
 */
record Rational(BigInteger numerator, BigInteger denominator) {

    static final int MOST_BITS = 40_000;

    private static final int MOST_DIGITS = 5_000;
    private static final int LARGEST_FACTORIAL = 3_000;

    static Rational of(long value) {
        return new Rational(BigInteger.valueOf(value), BigInteger.ONE);
    }

    /** Reads a decimal number, with an exponent or without; null if it is too long or too large to be kept. */
    static @Nullable Rational parse(String text) {
        if (text.length() > MOST_DIGITS) {
            return null;
        }
        BigDecimal value = new BigDecimal(text);
        if (Math.abs((long) value.scale()) > MOST_DIGITS) {
            return null;
        }
        return value.scale() <= 0
                ? new Rational(value.toBigIntegerExact(), BigInteger.ONE)
                : ratio(value.unscaledValue(), BigInteger.TEN.pow(value.scale()));
    }

    private static @Nullable Rational ratio(BigInteger above, BigInteger below) {
        if (below.signum() == 0) {
            return null;
        }
        BigInteger common = above.gcd(below);
        BigInteger divisor = below.signum() < 0 ? common.negate() : common;
        Rational result = new Rational(above.divide(divisor), below.divide(divisor));
        return result.numerator.bitLength() + result.denominator.bitLength() > MOST_BITS ? null : result;
    }

    boolean isInteger() {
        return denominator.equals(BigInteger.ONE);
    }

    @Nullable Rational plus(Rational other) {
        return ratio(
                numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
                denominator.multiply(other.denominator));
    }

    @Nullable Rational times(Rational other) {
        return ratio(numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    @Nullable Rational over(Rational other) {
        return ratio(numerator.multiply(other.denominator), denominator.multiply(other.numerator));
    }

    Rational negated() {
        return new Rational(numerator.negate(), denominator);
    }

    Rational abs() {
        return new Rational(numerator.abs(), denominator);
    }

    /** Returns the power to an integer exponent; null for any other, and for zero to a negative one. */
    @Nullable Rational power(Rational exponent) {
        if (!exponent.isInteger() || exponent.numerator.bitLength() > Integer.SIZE - 2) {
            return null;
        }
        int n = exponent.numerator.intValue();
        long bits = (long) (numerator.bitLength() + denominator.bitLength()) * Math.abs((long) n);
        if (bits > MOST_BITS || (n < 0 && numerator.signum() == 0)) {
            return null;
        }
        BigInteger above = numerator.pow(Math.abs(n));
        BigInteger below = denominator.pow(Math.abs(n));
        return n < 0 ? ratio(below, above) : ratio(above, below);
    }

    /** Returns the factorial; null unless this is a natural number of moderate size. */
    @Nullable Rational factorial() {
        if (!isInteger() || numerator.signum() < 0 || numerator.bitLength() > Short.SIZE) {
            return null;
        }
        int n = numerator.intValue();
        if (n > LARGEST_FACTORIAL) {
            return null;
        }
        BigInteger product = BigInteger.ONE;
        for (int i = 2; i <= n; i++) {
            product = product.multiply(BigInteger.valueOf(i));
        }
        return new Rational(product, BigInteger.ONE);
    }

    /** Returns the largest integer that is not larger. */
    Rational floor() {
        BigInteger[] parts = numerator.divideAndRemainder(denominator);
        BigInteger whole = parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
        return new Rational(whole, BigInteger.ONE);
    }

    double doubleValue() {
        int excess = Math.max(numerator.bitLength(), denominator.bitLength()) - Double.MAX_EXPONENT + 1;
        return excess > 0
                ? numerator.shiftRight(excess).doubleValue()
                        / denominator.shiftRight(excess).doubleValue()
                : numerator.doubleValue() / denominator.doubleValue();
    }
}
