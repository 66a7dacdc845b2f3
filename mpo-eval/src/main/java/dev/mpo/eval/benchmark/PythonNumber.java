package dev.mpo.eval.benchmark;

import java.math.BigDecimal;
import java.util.Locale;

/** Values as Python's {@code str} writes them. */
final class PythonNumber {

    private static final double LARGEST_PLAIN = 1e16;
    private static final double SMALLEST_PLAIN = 1e-4;

    private PythonNumber() {}

    static String text(Object value) {
        if (value instanceof Double number) {
            return text(number.doubleValue());
        }
        return value instanceof Boolean truth ? (truth ? "True" : "False") : value.toString();
    }

    /** The shortest digits that give the number back, with a point or an exponent. */
    static String text(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(value);
        if (size == 0 || (size < LARGEST_PLAIN && size >= SMALLEST_PLAIN)) {
            String plain = new BigDecimal(shortest(value)).toPlainString();
            String signed = value == 0 && 1 / value < 0 ? "-" + plain : plain;
            return signed.contains(".") ? signed : signed + ".0";
        }
        String digits = new BigDecimal(shortest(value))
                .stripTrailingZeros()
                .unscaledValue()
                .abs()
                .toString();
        BigDecimal exact = new BigDecimal(shortest(size));
        int exponent = exact.precision() - exact.scale() - 1;
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return (value < 0 ? "-" : "") + mantissa + String.format(Locale.ROOT, "e%+03d", exponent);
    }

    /** Java 17's shortest digits can be one too many; fewer that give the same number are taken. */
    private static String shortest(double value) {
        String text = Double.toString(value);
        BigDecimal exact = new BigDecimal(text);
        BigDecimal shorter = exact.round(new java.math.MathContext(Math.max(1, exact.precision() - 1)));
        return shorter.doubleValue() == value ? shorter.toString() : exact.toString();
    }
}
