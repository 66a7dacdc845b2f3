package dev.mpo.tools.report;

import java.util.Locale;

/** Small helpers for text inside a page: escaping and numbers for people. */
final class Html {

    private Html() {}

    /** Returns text with the characters that mean something in HTML replaced, control characters included. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isPrintable(c) ? c : 0xFFFD);
            }
        });
        return escaped.toString();
    }

    /** Returns a number with about three significant digits; a dash when it is not finite. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "–";
        }
        double size = Math.abs(value);
        if (size == 0) {
            return "0";
        }
        if (size >= 10_000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (size < 0.001) {
            return String.format(Locale.ROOT, "%.1e", value).replace("e-0", "e-");
        }
        int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
        return String.format(Locale.ROOT, "%." + Math.min(decimals, 4) + "f", value);
    }

    /** Returns a share as a percentage with one decimal. */
    static String percent(double share) {
        return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f %%", 100 * share) : "–";
    }

    /** Returns a duration in the largest units that fit. */
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        if (whole < 3600) {
            return whole / 60 + " min " + whole % 60 + " s";
        }
        return whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }

    private static boolean isPrintable(int codePoint) {
        boolean noncharacter = codePoint == 0xFFFE || codePoint == 0xFFFF;
        boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        return (codePoint >= ' ' || codePoint == '\n' || codePoint == '\t') && !noncharacter && !surrogate;
    }
}
