package dev.mpo.eval.judge.algebra;

import dev.mpo.eval.judge.algebra.Expression.Binary;
import dev.mpo.eval.judge.algebra.Expression.Constant;
import dev.mpo.eval.judge.algebra.Expression.Unary;
import dev.mpo.eval.judge.algebra.Expression.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/**
 * Parses formulas by recursive descent: {@code formula = sum ("=" sum)*}, {@code sum = product (("+"|"-") product)*},
 * {@code product = power (["*"|"/"] power)*}, {@code power = atom ("^" argument | "!")*}.
 *
 * <p>LaTeX: fractions, roots, elementary functions, Greek letters, subscripts, absolute values, the usual brackets. A
 * product needs no sign there; in plain arithmetic it does.
 */
public final class FormulaParser {

    private static final Map<String, DoubleUnaryOperator> FUNCTIONS = Map.ofEntries(
            Map.entry("\\sin", Math::sin),
            Map.entry("\\cos", Math::cos),
            Map.entry("\\tan", Math::tan),
            Map.entry("\\cot", x -> 1 / Math.tan(x)),
            Map.entry("\\sec", x -> 1 / Math.cos(x)),
            Map.entry("\\csc", x -> 1 / Math.sin(x)),
            Map.entry("\\arcsin", Math::asin),
            Map.entry("\\arccos", Math::acos),
            Map.entry("\\arctan", Math::atan),
            Map.entry("\\sinh", Math::sinh),
            Map.entry("\\cosh", Math::cosh),
            Map.entry("\\tanh", Math::tanh),
            Map.entry("\\ln", Math::log),
            Map.entry("\\exp", Math::exp));

    private static final Set<String> FRACTIONS = Set.of("\\frac", "\\dfrac", "\\tfrac", "\\cfrac");
    private static final Set<String> TIMES = Set.of("*", "\\times", "\\cdot", "\\ast");
    private static final Set<String> OVER = Set.of("/", "\\div");

    private static final Map<String, String> BRACKETS = Map.of("(", ")", "[", "]", "{", "}", "|", "|", "\\{", "\\}");

    private static final Set<String> GREEK = Set.of(
            "\\alpha",
            "\\beta",
            "\\gamma",
            "\\delta",
            "\\epsilon",
            "\\varepsilon",
            "\\zeta",
            "\\eta",
            "\\theta",
            "\\iota",
            "\\kappa",
            "\\lambda",
            "\\mu",
            "\\nu",
            "\\xi",
            "\\rho",
            "\\sigma",
            "\\tau",
            "\\phi",
            "\\varphi",
            "\\chi",
            "\\psi",
            "\\omega",
            "\\Gamma",
            "\\Delta",
            "\\Theta",
            "\\Lambda",
            "\\Sigma",
            "\\Phi",
            "\\Omega");

    private final FormulaTokens tokens;
    private final boolean latex;

    private FormulaParser(String text, boolean latex) {
        this.tokens = new FormulaTokens(text);
        this.latex = latex;
    }

    /** Parses LaTeX; returns the sides of an equation, or the one formula. */
    public static List<Expression> latex(String text) throws FormulaException {
        return new FormulaParser(text, true).sides();
    }

    /** Parses plain arithmetic such as {@code (1+2)/3^2}. */
    public static Expression arithmetic(String text) throws FormulaException {
        FormulaParser parser = new FormulaParser(text, false);
        Expression value = parser.sum();
        parser.tokens.expect(FormulaTokens.END);
        return value;
    }

    private List<Expression> sides() throws FormulaException {
        List<Expression> sides = new ArrayList<>();
        do {
            sides.add(sum());
        } while (tokens.skip("="));
        tokens.expect(FormulaTokens.END);
        return sides;
    }

    private Expression sum() throws FormulaException {
        Expression value = product();
        while (true) {
            if (tokens.skip("+")) {
                value = new Binary(Double::sum, value, product());
            } else if (tokens.skip("-")) {
                value = new Binary((a, b) -> a - b, value, product());
            } else {
                return value;
            }
        }
    }

    private Expression product() throws FormulaException {
        Expression value = signed();
        while (true) {
            if (TIMES.contains(tokens.peek())) {
                tokens.next();
                value = new Binary((a, b) -> a * b, value, signed());
            } else if (OVER.contains(tokens.peek())) {
                tokens.next();
                value = new Binary((a, b) -> a / b, value, signed());
            } else if (latex && startsFactor(tokens.peek())) {
                value = new Binary((a, b) -> a * b, value, power());
            } else {
                return value;
            }
        }
    }

    private Expression signed() throws FormulaException {
        if (tokens.skip("-")) {
            return new Unary(x -> -x, signed());
        }
        return tokens.skip("+") ? signed() : power();
    }

    private Expression power() throws FormulaException {
        Expression value = atom();
        while (true) {
            if (tokens.skip("^") || tokens.skip("**")) {
                value = new Binary(Math::pow, value, latex ? argument() : signed());
            } else if (tokens.skip("!")) {
                value = new Unary(FormulaParser::factorial, value);
            } else {
                return value;
            }
        }
    }

    /** The argument of a command: a group in braces, or one character. */
    private Expression argument() throws FormulaException {
        if (isNumber(tokens.peek())) {
            return number(tokens.nextDigit());
        }
        return atom();
    }

    private Expression atom() throws FormulaException {
        String token = tokens.peek();
        if (isNumber(token)) {
            return number(tokens.next());
        }
        String close = BRACKETS.get(token);
        if (close != null) {
            return bracketed(tokens.next(), close);
        }
        if (latex && token.equals("\\sqrt")) {
            return root();
        }
        if (latex && FRACTIONS.contains(token)) {
            tokens.next();
            return new Binary((a, b) -> a / b, argument(), argument());
        }
        if (latex && (FUNCTIONS.containsKey(token) || token.equals("\\log"))) {
            return function();
        }
        return name();
    }

    private Expression bracketed(String open, String close) throws FormulaException {
        Expression value = sum();
        tokens.expect(close);
        return open.equals("|") ? new Unary(Math::abs, value) : value;
    }

    private Expression root() throws FormulaException {
        tokens.next();
        if (!tokens.skip("[")) {
            return new Unary(Math::sqrt, argument());
        }
        Expression degree = sum();
        tokens.expect("]");
        return new Binary((x, n) -> n == 3 ? Math.cbrt(x) : Math.pow(x, 1 / n), argument(), degree);
    }

    /** A function may be raised to a power before its argument, which needs no brackets; a logarithm has a base. */
    private Expression function() throws FormulaException {
        String name = tokens.next();
        Expression base = number("10");
        if (name.equals("\\log") && tokens.skip("_")) {
            base = argument();
        }
        Expression exponent = tokens.skip("^") ? argument() : null;
        Expression argument = power();
        Expression value = name.equals("\\log")
                ? new Binary((x, b) -> Math.log(x) / Math.log(b), argument, base)
                : new Unary(FUNCTIONS.getOrDefault(name, x -> Double.NaN), argument);
        return exponent == null ? value : new Binary(Math::pow, value, exponent);
    }

    private Expression name() throws FormulaException {
        String token = tokens.peek();
        if (latex && token.equals("\\pi")) {
            tokens.next();
            return new Constant(Math.PI, false);
        }
        if (!isVariable(token)) {
            throw tokens.unexpected("expected a number, a name or a bracket");
        }
        String name = tokens.next();
        if (!tokens.skip("_")) {
            return new Variable(name);
        }
        if (!tokens.skip("{")) {
            return new Variable(name + "_" + tokens.next());
        }
        StringBuilder subscript = new StringBuilder(name).append('_');
        while (!tokens.skip("}")) {
            if (tokens.peek().equals(FormulaTokens.END)) {
                throw tokens.unexpected("expected '}'");
            }
            subscript.append(tokens.next());
        }
        return new Variable(subscript.toString());
    }

    private boolean startsFactor(String token) {
        return isNumber(token)
                || (BRACKETS.containsKey(token) && !token.equals("|"))
                || token.equals("\\sqrt")
                || token.equals("\\log")
                || token.equals("\\pi")
                || FRACTIONS.contains(token)
                || FUNCTIONS.containsKey(token)
                || isVariable(token);
    }

    private boolean isVariable(String token) {
        return latex && (GREEK.contains(token) || (token.length() == 1 && isLatinLetter(token.charAt(0))));
    }

    private static boolean isLatinLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isNumber(String token) {
        int digit = token.startsWith(".") ? 1 : 0;
        return token.length() > digit && token.charAt(digit) >= '0' && token.charAt(digit) <= '9';
    }

    private static Expression number(String token) {
        return new Constant(Double.parseDouble(token.replace(",", "")), token.contains("."));
    }

    private static double factorial(double n) {
        if (n < 0 || n > 170 || n != Math.rint(n)) {
            return Double.NaN;
        }
        double product = 1;
        for (int i = 2; i <= n; i++) {
            product *= i;
        }
        return product;
    }
}
