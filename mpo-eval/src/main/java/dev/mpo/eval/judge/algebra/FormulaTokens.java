package dev.mpo.eval.judge.algebra;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens of a formula, with a reading position. */
final class FormulaTokens {

    /** Stands for the end of the formula. */
    static final String END = "";

    /** No written answer is longer; a model that repeats itself is. It also bounds the depth of what is parsed. */
    static final int MOST_TOKENS = 400;

    private static final Pattern TOKEN = Pattern.compile(
            "\\s++|[0-9]{1,3}(?:,[0-9]{3}(?![0-9]))++(?:\\.[0-9]++)?|[0-9]++(?:\\.[0-9]++)?|\\.[0-9]++"
                    + "|\\*\\*|\\\\[A-Za-z]++|\\\\.|.",
            Pattern.DOTALL);

    /** Spaces, sizes, styles and fonts, which mean nothing. */
    private static final Pattern IGNORED = Pattern.compile("\\s++|~|\\\\(?:[,;:! ]|left|right|middle|quad|qquad"
            + "|displaystyle|textstyle|scriptstyle|limits|nolimits|[bB]igg?[lrm]?|mathbf|mathit|mathrm|mathsf|mathcal"
            + "|boldsymbol|bm|bf|rm|it|textbf|textit|textrm|text|mbox|operatorname|hphantom|phantom)");

    private final List<String> tokens = new ArrayList<>();
    private int position;

    FormulaTokens(String text) throws FormulaException {
        Matcher token = TOKEN.matcher(text);
        while (token.find()) {
            if (!IGNORED.matcher(token.group()).matches()) {
                if (tokens.size() == MOST_TOKENS) {
                    throw new FormulaException("the formula has more than " + MOST_TOKENS + " parts");
                }
                tokens.add(token.group());
            }
        }
    }

    /** The token at the reading position, or {@link #END}. */
    String peek() {
        return peek(0);
    }

    /** The token some places after the reading position, or {@link #END}. */
    String peek(int ahead) {
        return position + ahead < tokens.size() ? tokens.get(position + ahead) : END;
    }

    /** The reading position, for {@link #back}. */
    int position() {
        return position;
    }

    /** Goes back to an earlier reading position. */
    void back(int earlier) {
        position = earlier;
    }

    /** Returns the token at the reading position and moves on. */
    String next() {
        String token = peek();
        position++;
        return token;
    }

    /** Moves on if the next token is a given one. */
    boolean skip(String token) {
        if (!peek().equals(token)) {
            return false;
        }
        position++;
        return true;
    }

    /** Moves over a token that has to be there. */
    void expect(String token) throws FormulaException {
        if (!skip(token)) {
            throw unexpected("expected '" + token + "'");
        }
    }

    /** The first digit of an argument without braces: {@code \frac12} means one half. */
    String nextDigit() {
        String number = next();
        if (number.length() > 1) {
            tokens.set(position - 1, number.substring(0, 1));
            tokens.add(position, number.substring(1));
        }
        return number.substring(0, 1);
    }

    FormulaException unexpected(String expectation) {
        return new FormulaException("token " + (position + 1) + ": " + expectation + ", found "
                + (peek().equals(END) ? "the end" : "'" + peek() + "'"));
    }
}
