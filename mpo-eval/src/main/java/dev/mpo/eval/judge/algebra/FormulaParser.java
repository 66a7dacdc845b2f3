package dev.mpo.eval.judge.algebra;

import dev.mpo.eval.judge.algebra.Expression.Constant;
import dev.mpo.eval.judge.algebra.Expression.Operation;
import dev.mpo.eval.judge.algebra.Expression.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parses formulas by recursive descent: {@code formula = sum ("=" sum)*}, {@code sum = product (("+"|"-") product)*},
 * {@code product = power (["*"|"/"] power)*}, {@code power = atom ("^" argument | "!")*}.
 *
 * <p>LaTeX: fractions, roots, elementary functions, Greek letters, subscripts, absolute values, the usual brackets. A
 * product needs no sign there; in plain arithmetic it does. An integer before a proper fraction of integers is a mixed
 * number. Size and depth are bounded: more is no answer that a person would write.
 */
public final class FormulaParser {

    private static final Map<String, Operator> FUNCTIONS = Map.ofEntries(
            Map.entry("\\sin", Operator.SIN),
            Map.entry("\\cos", Operator.COS),
            Map.entry("\\tan", Operator.TAN),
            Map.entry("\\cot", Operator.COT),
            Map.entry("\\sec", Operator.SEC),
            Map.entry("\\csc", Operator.CSC),
            Map.entry("\\arcsin", Operator.ARCSIN),
            Map.entry("\\arccos", Operator.ARCCOS),
            Map.entry("\\arctan", Operator.ARCTAN),
            Map.entry("\\sinh", Operator.SINH),
            Map.entry("\\cosh", Operator.COSH),
            Map.entry("\\tanh", Operator.TANH),
            Map.entry("\\ln", Operator.LN),
            Map.entry("\\exp", Operator.EXP));

    private static final Map<String, Integer> LOGARITHM_BASES = Map.of("\\log", 10, "\\lg", 10);
    private static final Set<String> CHOICES = Set.of("\\binom", "\\dbinom", "\\tbinom");
    private static final Map<String, Double> CONSTANTS =
            Map.of("\\pi", Math.PI, "\\infty", Double.POSITIVE_INFINITY, "e", Math.E);

    private static final int LONGEST = 1_000;

    /** More brackets inside each other than this are no answer. */
    private static final int MOST_DEPTH = 40;

    private static final Set<String> FRACTIONS = Set.of("\\frac", "\\dfrac", "\\tfrac", "\\cfrac");
    private static final Set<String> TIMES = Set.of("*", "\\times", "\\cdot", "\\ast");
    private static final Set<String> OVER = Set.of("/", "\\div");

    private static final Map<String, String> BRACKETS = Map.of(
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "|",
            "|",
            "\\{",
            "\\}",
            "\\lvert",
            "\\rvert",
            "\\vert",
            "\\vert",
            "\\lfloor",
            "\\rfloor",
            "\\lceil",
            "\\rceil");
    private static final Map<String, Operator> BRACKET_MEANINGS = Map.of(
            "|", Operator.ABSOLUTE,
            "\\lvert", Operator.ABSOLUTE,
            "\\vert", Operator.ABSOLUTE,
            "\\lfloor", Operator.FLOOR,
            "\\lceil", Operator.CEILING);

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
    private int depth;

    /** Whether the last factor ended with a plain number, so that another one cannot follow without a sign. */
    private boolean endsWithDigit;

    private FormulaParser(String text, boolean latex) throws FormulaException {
        this.tokens = new FormulaTokens(latex ? Notation.normalize(text) : text);
        this.latex = latex;
    }

    /** Parses LaTeX; returns the sides of an equation, or the one formula. */
    public static List<Expression> latex(String text) throws FormulaException {
        if (text.length() > LONGEST) {
            throw new FormulaException("the formula has more than " + LONGEST + " characters");
        }
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
                value = new Operation(Operator.ADD, value, product());
            } else if (tokens.skip("-")) {
                value = value.minus(product());
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
                value = value.times(signed());
            } else if (OVER.contains(tokens.peek())) {
                tokens.next();
                value = value.over(signed());
            } else if (latex && startsFactor(tokens.peek())) {
                if (isNumber(tokens.peek()) && endsWithDigit) {
                    throw tokens.unexpected("expected a sign between two numbers");
                }
                value = value.times(power());
            } else {
                return value;
            }
        }
    }

    private Expression signed() throws FormulaException {
        boolean negative = false;
        while (tokens.peek().equals("-") || tokens.peek().equals("+")) {
            negative ^= tokens.next().equals("-");
        }
        Expression value = power();
        return negative ? value.negated() : value;
    }

    private Expression power() throws FormulaException {
        Expression value = atom();
        while (true) {
            if (tokens.skip("^") || tokens.skip("**")) {
                value = new Operation(Operator.POWER, value, latex ? exponent() : signed());
                endsWithDigit = false;
            } else if (tokens.skip("!")) {
                value = new Operation(Operator.FACTORIAL, value, value);
                endsWithDigit = false;
            } else {
                return value;
            }
        }
    }

    /** {@code 2^10} means a thousand to everybody but TeX. */
    private Expression exponent() throws FormulaException {
        return isNumber(tokens.peek()) ? number(tokens.next()) : argument();
    }

    /** The argument of a command: a group in braces, or one character. */
    private Expression argument() throws FormulaException {
        if (isNumber(tokens.peek())) {
            return number(tokens.nextDigit());
        }
        return tokens.peek().equals("-") ? signed() : atom();
    }

    private Expression atom() throws FormulaException {
        if (++depth > MOST_DEPTH) {
            throw tokens.unexpected("expected fewer than " + MOST_DEPTH + " brackets inside each other");
        }
        Expression value = anyAtom();
        depth--;
        return value;
    }

    private Expression anyAtom() throws FormulaException {
        String token = tokens.peek();
        endsWithDigit = false;
        if (isNumber(token)) {
            return numberOrMixed();
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
            return argument().over(argument());
        }
        if (latex && CHOICES.contains(token)) {
            tokens.next();
            return new Operation(Operator.CHOOSE, argument(), argument());
        }
        if (latex && (FUNCTIONS.containsKey(token) || LOGARITHM_BASES.containsKey(token))) {
            return function();
        }
        return name();
    }

    /** {@code 2\frac{3}{4}} and {@code 2 3/4} are mixed numbers where all three are integers; else a product. */
    private Expression numberOrMixed() throws FormulaException {
        String whole = tokens.next();
        endsWithDigit = true;
        Expression value = number(whole);
        if (!latex || !isInteger(whole)) {
            return value;
        }
        int start = tokens.position();
        if (FRACTIONS.contains(tokens.peek())) {
            tokens.next();
            Expression above = argument();
            Expression below = argument();
            if (isProper(above, below)) {
                endsWithDigit = false;
                return new Operation(Operator.ADD, value, above.over(below));
            }
            tokens.back(start);
        } else if (isInteger(tokens.peek()) && tokens.peek(1).equals("/") && isInteger(tokens.peek(2))) {
            Expression above = number(tokens.next());
            tokens.next();
            return new Operation(Operator.ADD, value, above.over(number(tokens.next())));
        }
        endsWithDigit = true;
        return value;
    }

    private static boolean isProper(Expression above, Expression below) {
        return above instanceof Constant numerator
                && below instanceof Constant denominator
                && numerator.value() < denominator.value()
                && !numerator.isDecimal()
                && !denominator.isDecimal();
    }

    private Expression bracketed(String open, String close) throws FormulaException {
        Expression value = sum();
        tokens.expect(close);
        endsWithDigit = false;
        Operator meaning = BRACKET_MEANINGS.get(open);
        return meaning == null ? value : new Operation(meaning, value, value);
    }

    private Expression root() throws FormulaException {
        tokens.next();
        if (!tokens.skip("[")) {
            Expression argument = argument();
            return new Operation(Operator.SQUARE_ROOT, argument, argument);
        }
        Expression degree = sum();
        tokens.expect("]");
        return new Operation(Operator.ROOT, argument(), degree);
    }

    /** A function may be raised to a power before its argument, which needs no brackets; a logarithm has a base. */
    private Expression function() throws FormulaException {
        String name = tokens.next();
        Expression base = Constant.of(LOGARITHM_BASES.getOrDefault(name, 10));
        if (name.equals("\\log") && tokens.skip("_")) {
            base = argument();
        }
        Expression exponent = tokens.skip("^") ? argument() : null;
        Expression argument = functionArgument();
        endsWithDigit = false;
        Operator function = FUNCTIONS.getOrDefault(name, Operator.LOGARITHM);
        Operator inverse = exponent == null ? null : function.inverse();
        if (exponent != null && inverse != null && Equality.value(exponent) == -1) {
            return new Operation(inverse, argument, argument);
        }
        Expression value = new Operation(function, argument, function == Operator.LOGARITHM ? base : argument);
        return exponent == null ? value : new Operation(Operator.POWER, value, exponent);
    }

    /** {@code \sin 2x} is the sine of the product, {@code \sin x \cos x} and {@code \sin(x)y} are products. */
    private Expression functionArgument() throws FormulaException {
        boolean bracketed = BRACKETS.containsKey(tokens.peek());
        Expression argument = tokens.peek().equals("-") ? signed() : power();
        while (!bracketed
                && (isVariable(tokens.peek())
                        || CONSTANTS.containsKey(tokens.peek())
                        || tokens.peek().equals("\\sqrt"))) {
            argument = argument.times(power());
        }
        return argument;
    }

    private Expression name() throws FormulaException {
        String token = tokens.peek();
        Double constant = latex ? CONSTANTS.get(token) : null;
        if (constant != null) {
            tokens.next();
            return Constant.irrational(constant);
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
                || (BRACKETS.containsKey(token) && !token.equals("|") && !token.equals("\\vert"))
                || token.equals("\\sqrt")
                || LOGARITHM_BASES.containsKey(token)
                || CONSTANTS.containsKey(token)
                || CHOICES.contains(token)
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

    private static boolean isInteger(String token) {
        return isNumber(token) && token.indexOf('.') < 0;
    }

    private static Expression number(String token) {
        return Constant.parse(token.replace(",", ""));
    }
}
