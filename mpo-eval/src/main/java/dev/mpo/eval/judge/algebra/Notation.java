package dev.mpo.eval.judge.algebra;

import java.util.Map;
import java.util.regex.Pattern;

/** Brings the many ways of writing a formula to one: signs of Unicode, plain function names, grouped digits. */
public final class Notation {

    private static final Map<String, String> SIGNS = Map.ofEntries(
            Map.entry("−", "-"),
            Map.entry("–", "-"),
            Map.entry("—", "-"),
            Map.entry("×", "\\times "),
            Map.entry("·", "\\cdot "),
            Map.entry("⋅", "\\cdot "),
            Map.entry("÷", "\\div "),
            Map.entry("√", "\\sqrt "),
            Map.entry("∛", "\\sqrt[3] "),
            Map.entry("π", "\\pi "),
            Map.entry("∞", "\\infty "),
            Map.entry("±", "\\pm "),
            Map.entry("≤", "\\le "),
            Map.entry("≥", "\\ge "),
            Map.entry("≠", "\\ne "),
            Map.entry("≈", "\\approx "),
            Map.entry("∪", "\\cup "),
            Map.entry("θ", "\\theta "),
            Map.entry("α", "\\alpha "),
            Map.entry("β", "\\beta "),
            Map.entry("λ", "\\lambda "),
            Map.entry("°", "^{\\circ}"),
            Map.entry("²", "^{2}"),
            Map.entry("³", "^{3}"),
            Map.entry("½", "\\frac{1}{2}"),
            Map.entry("¼", "\\frac{1}{4}"),
            Map.entry("¾", "\\frac{3}{4}"),
            Map.entry("⅓", "\\frac{1}{3}"),
            Map.entry("⅔", "\\frac{2}{3}"),
            Map.entry("\u00a0", " "),
            Map.entry("\u2009", " "),
            Map.entry("\u202f", " "),
            Map.entry("，", ","),
            Map.entry("（", "("),
            Map.entry("）", ")"),
            Map.entry("：", ":"),
            Map.entry("＝", "="));

    /** {@code 1{,}000}, {@code 1\,000}, {@code 1\ 000}: marks between groups of three digits. */
    private static final Pattern GROUP_MARK =
            Pattern.compile("(?<=[0-9])(?:\\{,\\}|\\\\,|\\\\ |\\\\!,|,\\\\!|\\{\\\\,\\})(?=[0-9]{3}(?![0-9]))");

    /** {@code 1 000 000}, but neither {@code 2 100} after a digit nor {@code 1 000/3}. */
    private static final Pattern SPACED_GROUPS =
            Pattern.compile("(?<![0-9.,^_/ ])([1-9][0-9]{0,2})((?: [0-9]{3})++)(?![0-9/])");

    private static final Pattern DECIMAL_COMMA = Pattern.compile("(?<=[0-9])\\{,\\}(?=[0-9])");

    private static final Pattern FUNCTION = Pattern.compile("(?<![\\\\A-Za-z])"
            + "(arcsin|arccos|arctan|sinh|cosh|tanh|sin|cos|tan|cot|sec|csc|sqrt|log|ln|exp|pi|infty)(?![A-Za-z])");

    private static final Pattern INFINITY = Pattern.compile("(?<![\\\\A-Za-z])infinity(?![A-Za-z])");

    private static final Pattern NAMED_FUNCTION = Pattern.compile("\\\\operatorname\\*?\\s*\\{\\s*([a-z]{2,6})\\s*\\}");

    private static final Pattern SCIENTIFIC =
            Pattern.compile("(?<![A-Za-z\\\\0-9.])([0-9]++(?:\\.[0-9]++)?)[eE]" + "([+-]?[0-9]{1,4})(?![0-9A-Za-z.])");

    private Notation() {}

    /** Returns a formula in LaTeX; what it does not know stays as it is. */
    public static String normalize(String formula) {
        StringBuilder signs = new StringBuilder(formula.length() + 8);
        formula.codePoints().forEach(c -> {
            String sign = Character.toString(c);
            signs.append(SIGNS.getOrDefault(sign, sign));
        });
        String text = GROUP_MARK.matcher(signs).replaceAll(",");
        text = DECIMAL_COMMA.matcher(text).replaceAll(".");
        text = SPACED_GROUPS
                .matcher(text)
                .replaceAll(match -> match.group(1) + match.group(2).replace(" ", ""));
        text = NAMED_FUNCTION.matcher(text).replaceAll("\\\\$1 ");
        text = INFINITY.matcher(text).replaceAll("\\\\infty ");
        text = FUNCTION.matcher(text).replaceAll("\\\\$1 ");
        return SCIENTIFIC.matcher(text).replaceAll("($1*10^{$2})");
    }
}
