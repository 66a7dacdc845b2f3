package dev.mpo.eval.judge.value;

import dev.mpo.eval.judge.algebra.Expression;
import dev.mpo.eval.judge.algebra.FormulaException;
import dev.mpo.eval.judge.algebra.FormulaParser;
import dev.mpo.eval.judge.algebra.Notation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the final answer of a response as a mathematical value. */
public final class AnswerReader {

    /** Longer answers are prose or loops. */
    private static final int LONGEST = 400;

    private static final int MOST_LAYERS = 6;
    private static final int MOST_NESTING = 3;
    private static final int MOST_MEMBERS = 60;

    /** Signs that stand in formulas and hardly ever in prose. */
    private static final Pattern SIGNS = Pattern.compile("\\\\[A-Za-z({\\[]|[\\^_{}=<>|√π∞±≤≥≠∪∑∫]");

    private static final Pattern WORD = Pattern.compile("(?<![\\\\A-Za-z])[A-Za-z]{3,}");

    private static final Pattern DATE_OR_NUMBER_WITH_DASHES = Pattern.compile(
            "[0-9]{1,4}(?:[-/.][0-9]{1,4}){2,}|[0-9]{3,}(?:-[0-9]{2,})++|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}");

    private static final Pattern WRAPPED = Pattern.compile(
            "\\\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox|boxed|fbox|boldsymbol|bm|bf|displaystyle)\\s*\\{(.*)\\}",
            Pattern.DOTALL);

    private static final Pattern DELIMITED = Pattern.compile(
            "\\$\\$(.+)\\$\\$|\\$([^$]+)\\$|\\\\\\[(.+)\\\\\\]|\\\\\\((.+)\\\\\\)|\\*\\*(.+)\\*\\*|`(.+)`",
            Pattern.DOTALL);

    private static final Pattern MATRIX = Pattern.compile(
            "\\\\begin\\{([pbvBV]?matrix|array)\\}(?:\\{[lcr|]*\\})?(.*)\\\\end\\{\\1\\}", Pattern.DOTALL);

    private static final Pattern RELATION =
            Pattern.compile("\\\\(?:leq?slant|geq?slant|leq|geq|neq|le|ge|ne|lt|gt)(?![A-Za-z])|<=|>=|!=|<|>");

    private static final Pattern AND =
            Pattern.compile("(?:,\\s*|\\s+)(?:and|or)\\s+|\\s*\\\\text\\{\\s*(?:and|or)\\s*\\}\\s*");

    /** {@code The answer is B}. */
    private static final Pattern ANNOUNCED =
            Pattern.compile("^(?:so )?(?:the )?(?:final |correct )?answer(?: is|:| is:)\\s+", Pattern.CASE_INSENSITIVE);

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z]{1,2}");

    private static final Pattern FUNCTION_OF = Pattern.compile("^\\s*[A-Za-z]\\s*\\(\\s*[a-z]\\s*\\)\\s*=");

    private AnswerReader() {}

    /**
     * Returns the value; empty if the answer is plain text, or mathematics that is not understood.
     *
     * @param other what the answer will be compared with: beside mathematics, a single letter is a variable
     */
    public static Optional<AnswerValue> read(String answer, String other) {
        String text = unwrap(answer);
        boolean variable = VARIABLE.matcher(text).matches() && isMathematics(other);
        if (text.isEmpty() || text.length() > LONGEST || (isPlainText(text) && !variable)) {
            return Optional.empty();
        }
        try {
            return Optional.of(value(Notation.normalize(text), 0));
        } catch (FormulaException e) {
            return Optional.empty();
        }
    }

    /** Returns whether an answer is written as mathematics, so that comparing its letters proves nothing. */
    public static boolean isMathematics(String answer) {
        return !isPlainText(unwrap(answer));
    }

    /** Words, names, option letters, dates; also long prose with numbers in it. */
    private static boolean isPlainText(String text) {
        if (text.length() > LONGEST) {
            return text.indexOf('$') < 0
                    && !SIGNS.matcher(text).find()
                    && WORD.matcher(text).find();
        }
        if (DATE_OR_NUMBER_WITH_DASHES.matcher(text).matches()) {
            return true;
        }
        boolean signs = SIGNS.matcher(text).find();
        boolean digits = text.chars().anyMatch(c -> c >= '0' && c <= '9');
        String normal = Notation.normalize(text);
        long words = WORD.matcher(
                        UnitText.strip(AND.matcher(normal).replaceAll(", ")).number())
                .results()
                .count();
        if (!signs) {
            return !digits ? !isFormulaOfLetters(normal) : words > 0;
        }
        return words >= MOST_NESTING && text.indexOf('\\') < 0;
    }

    /** {@code a+b}, {@code x/2}: single letters with an operator between them. */
    private static boolean isFormulaOfLetters(String text) {
        return text.indexOf('\\') >= 0 || text.matches("-\\s*[A-Za-z]|[A-Za-z]{1,2}(?:\\s*[-+*/]\\s*[A-Za-z]{1,2})++");
    }

    /** Returns the answer without announcement, dollar signs, boxes, fonts, bold marks and last full stop around it. */
    public static String unwrap(String answer) {
        String text = answer.strip();
        for (int i = 0; i < MOST_LAYERS; i++) {
            String before = text;
            if (text.endsWith(".") && !text.endsWith("\\.")) {
                text = text.substring(0, text.length() - 1).strip();
            }
            text = ANNOUNCED.matcher(text).replaceFirst("");
            Matcher delimited = DELIMITED.matcher(text);
            if (text.length() <= 2 * LONGEST && delimited.matches()) {
                text = group(delimited).strip();
            }
            Matcher wrapped = WRAPPED.matcher(text);
            if (text.length() <= 2 * LONGEST && wrapped.matches() && isBalanced(wrapped.group(1))) {
                text = wrapped.group(1).strip();
            }
            if (text.equals(before)) {
                return text;
            }
        }
        return text;
    }

    private static String group(Matcher matcher) {
        for (int i = 1; i <= matcher.groupCount(); i++) {
            if (matcher.group(i) != null) {
                return matcher.group(i);
            }
        }
        return matcher.group();
    }

    private static boolean isBalanced(String text) {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth < 0) {
                return false;
            }
        }
        return depth == 0;
    }

    private static AnswerValue value(String raw, int nesting) throws FormulaException {
        String text = raw.strip();
        if (nesting > MOST_NESTING) {
            throw new FormulaException("more groups inside each other than any answer has");
        }
        Matcher matrix = MATRIX.matcher(text);
        if (matrix.matches()) {
            return matrix(matrix.group(2), nesting);
        }
        List<String> united = TopLevel.split(text, "\\cup");
        if (united.size() > 1) {
            return new Group(Group.Kind.UNION, "", values(united, nesting));
        }
        Optional<AnswerValue> group = group(text, nesting);
        return group.isPresent() ? group.get() : single(text, nesting);
    }

    private static Optional<AnswerValue> group(String text, int nesting) throws FormulaException {
        String inner = text.replace("\\left", "").replace("\\right", "");
        Optional<TopLevel.Bracketed> bracketed = TopLevel.bracketed(inner);
        if (bracketed.isPresent()) {
            List<String> members = TopLevel.split(bracketed.get().content(), ",");
            boolean set = bracketed.get().open().equals("\\{");
            if (members.size() > 1 || set) {
                return Optional.of(new Group(
                        set ? Group.Kind.SET : Group.Kind.TUPLE,
                        set ? "" : bracketed.get().open() + bracketed.get().close(),
                        values(members, nesting)));
            }
        }
        List<String> members = TopLevel.split(AND.matcher(inner).replaceAll(", "), ",");
        if (members.size() == 1) {
            members = TopLevel.split(inner, ";");
        }
        if (members.size() > 1) {
            if (members.size() == 2 && inner.matches("-?[0-9]++,[0-9]{1,2}")) {
                throw new FormulaException("a decimal comma or a list of two");
            }
            return Optional.of(new Group(Group.Kind.LIST, "", values(withoutName(members), nesting)));
        }
        List<String> ratio = TopLevel.split(inner, ":");
        return ratio.size() > 1
                ? Optional.of(new Group(Group.Kind.RATIO, "", values(ratio, nesting)))
                : Optional.empty();
    }

    /** {@code n = 1, 2, 3}: the name belongs to all. */
    private static List<String> withoutName(List<String> members) {
        String first = members.get(0);
        boolean named = first.matches("\\s*[A-Za-z]\\s*=[^=]*")
                && members.stream().skip(1).noneMatch(member -> member.contains("="));
        if (!named) {
            return members;
        }
        List<String> values = new ArrayList<>(members);
        values.set(0, first.substring(first.indexOf('=') + 1));
        return values;
    }

    private static List<AnswerValue> values(List<String> texts, int nesting) throws FormulaException {
        if (texts.size() > MOST_MEMBERS) {
            throw new FormulaException("more members than any answer has");
        }
        List<AnswerValue> values = new ArrayList<>();
        for (String text : texts) {
            values.add(value(text, nesting + 1));
        }
        return values;
    }

    private static AnswerValue matrix(String content, int nesting) throws FormulaException {
        List<List<AnswerValue>> rows = new ArrayList<>();
        for (String row : content.strip().split("\\\\\\\\", -1)) {
            if (!row.isBlank()) {
                rows.add(values(List.of(row.split("&", -1)), nesting));
            }
        }
        return new Matrix(rows);
    }

    private static AnswerValue single(String text, int nesting) throws FormulaException {
        Matcher relation = RELATION.matcher(text);
        if (relation.find()) {
            return relation(text);
        }
        int plusMinus = text.indexOf("\\pm");
        if (plusMinus >= 0) {
            String rest = text.substring(plusMinus + 3);
            if (rest.contains("\\pm") || rest.contains("\\mp")) {
                throw new FormulaException("two signs of either kind");
            }
            String before = text.substring(0, plusMinus);
            return new Group(Group.Kind.LIST, "", values(List.of(before + "+" + rest, before + "-" + rest), nesting));
        }
        UnitText.Split split = UnitText.strip(FUNCTION_OF.matcher(text).replaceFirst("y="));
        return new Quantity(FormulaParser.latex(split.number()), split.unit());
    }

    private static Relation relation(String text) throws FormulaException {
        Matcher sign = RELATION.matcher(text);
        List<String> signs = new ArrayList<>();
        List<Expression> sides = new ArrayList<>();
        int start = 0;
        while (sign.find()) {
            signs.add(sign(sign.group()));
            sides.add(side(text.substring(start, sign.start())));
            start = sign.end();
        }
        sides.add(side(text.substring(start)));
        return new Relation(signs, sides);
    }

    private static Expression side(String text) throws FormulaException {
        List<Expression> sides = FormulaParser.latex(text);
        if (sides.size() != 1) {
            throw new FormulaException("an equation inside an inequality");
        }
        return sides.get(0);
    }

    private static String sign(String written) {
        String name = written.startsWith("\\") ? written.substring(1) : written;
        if (name.startsWith("n") || name.equals("!=")) {
            return "!=";
        }
        boolean less = name.startsWith("l") || name.startsWith("<");
        boolean strict = name.equals("lt") || name.equals("gt") || name.equals("<") || name.equals(">");
        return (less ? "<" : ">") + (strict ? "" : "=");
    }
}
