package dev.mpo.eval.judge.score;

import dev.mpo.eval.judge.algebra.Expression;
import dev.mpo.eval.judge.algebra.Expression.Constant;
import dev.mpo.eval.judge.algebra.FormulaException;
import dev.mpo.eval.judge.algebra.FormulaParser;
import dev.mpo.eval.judge.answer.BoxedText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the number or formula that an answer ends with.
 *
 * <p>Candidates are tried by how they are introduced (a box; the word "answer"; an option letter at the start; none),
 * within one group from the right, of those that end together the longest first. The first that can be read counts.
 */
final class MathExtraction {

    private enum Kind {
        FORMULA,
        ARITHMETIC,
        NUMBER,
        OPTION
    }

    private record Rule(int rank, Kind kind, Pattern pattern) {}

    private record Candidate(Kind kind, MatchResult match, String text, boolean percent) {}

    private static final String PERCENT = "(\\s*(?:\\\\?%|[Pp]ercent|[Pp]ct))?";
    private static final String BEFORE = "(?:^|\\s|=)(?:\\*\\*)?";
    private static final String AFTER = "(?:\\*\\*)?(?:[.,:\\s)$]|$)";
    private static final String OPERATORS = "-+*×/^()÷";
    private static final String ARITHMETIC_CHARACTER = "[-\\d.\\s+*×/^()÷]";

    private static final String NUMBER = BEFORE + "[\\p{Sc}]?(?<!\\d)"
            + "(-?[1-9]\\d{0,2}(?:[ ,]\\d{3})+(?:\\.\\d+)?|-?\\d+[.,]\\d+|\\.\\d+|-?\\d+)" + PERCENT;
    private static final String ARITHMETIC = BEFORE + "(-?\\(?-?\\d" + ARITHMETIC_CHARACTER + "*[" + OPERATORS + "]"
            + ARITHMETIC_CHARACTER + "+\\)?)()" + AFTER;
    private static final String SIMPLE = "-?\\d+(?:[.,]\\d+)?";
    private static final String FRACTION = "-?\\\\frac\\{" + SIMPLE + "\\}\\{" + SIMPLE + "\\}";

    /**
     * LaTeX between its delimiters, or a fraction without them; the delimiters belong to the text. The repetitions are
     * possessive: they need no stack, however long the text is.
     */
    private static final String FORMULA = "((?<!\\\\)\\$\\$(?:[^$]++|\\$(?!\\$))++(?<!\\\\)\\$\\$"
            + "|(?<!\\\\)\\\\\\[(?:[^\\\\]++|\\\\(?!\\]))++(?<!\\\\)\\\\\\]"
            + "|(?<![\\\\\\d])\\$(?:\\\\\\$|[^\\n$])++(?<!\\\\)\\$"
            + "|(?<!\\\\)\\\\\\((?:[^\\\\\\n]++|\\\\(?!\\)))++(?<!\\\\)\\\\\\)"
            + "|" + FRACTION + ")" + PERCENT;

    private static final String AFTER_ANSWER = "(?i:answer):?.{0,50}?";
    private static final String OPTION = "(?:\\*\\*)?([ABCD])()(?:\\*\\*)?(?:[.,:\\s]|$)";

    private static final int BOXED = 50;
    private static final int ANSWER = 200;
    private static final int START = 250;
    private static final int ANYWHERE = 300;

    private static final List<Rule> GROUND_TRUTH_RULES = List.of(
            rule(BOXED, Kind.FORMULA, "(\\\\boxed\\{.+\\})()"),
            rule(ANSWER, Kind.FORMULA, AFTER_ANSWER + FORMULA),
            rule(ANSWER, Kind.ARITHMETIC, AFTER_ANSWER + ARITHMETIC),
            rule(ANSWER, Kind.NUMBER, AFTER_ANSWER + NUMBER),
            rule(ANYWHERE, Kind.FORMULA, FORMULA),
            rule(ANYWHERE, Kind.ARITHMETIC, ARITHMETIC),
            rule(ANYWHERE, Kind.NUMBER, NUMBER));

    private static final List<Rule> OPTION_RULES = List.of(
            rule(ANSWER, Kind.OPTION, AFTER_ANSWER + "(?:^|\\s)" + OPTION),
            rule(START, Kind.OPTION, "^" + OPTION),
            rule(ANYWHERE, Kind.OPTION, "(?:^|\\s)" + OPTION));

    private static final Pattern UNITS =
            Pattern.compile("\\\\(?:text|mathrm|textbf|mbox)\\s*\\{[^{}]*\\}|\\^\\s*\\{?\\s*\\\\circ\\s*\\}?|\\\\[%$]");

    private MathExtraction() {}

    /** Returns how an answer may be read; empty if it holds no number, formula or option. */
    static List<MathValue> answer(String text) {
        List<Rule> rules = new ArrayList<>(GROUND_TRUTH_RULES);
        rules.addAll(OPTION_RULES);
        return extract(text, rules);
    }

    /** As {@link #answer} for the ground truth, where a letter is no option. */
    static List<MathValue> groundTruth(String text) {
        return extract(text, GROUND_TRUTH_RULES);
    }

    private static Rule rule(int rank, Kind kind, String pattern) {
        int flags = kind == Kind.FORMULA ? Pattern.DOTALL : Pattern.UNIX_LINES;
        return new Rule(rank, kind, Pattern.compile(pattern, flags));
    }

    /** The value that could be read, and the text of the best candidate, read or not. */
    private static List<MathValue> extract(String text, List<Rule> rules) {
        List<MathValue> values = new ArrayList<>();
        List<MatchResult> unreadFormulas = new ArrayList<>();
        BoundedText bounded = new BoundedText(text);
        for (int rank : rules.stream().mapToInt(Rule::rank).distinct().sorted().toArray()) {
            for (Candidate candidate : candidates(bounded, rules, rank)) {
                if (isInside(candidate, unreadFormulas)) {
                    continue; // a digit of a formula that could not be read is not its value
                }
                Optional<MathValue> value = read(candidate);
                if (values.isEmpty()) {
                    values.add(new MathValue(candidate.text(), List.of(), candidate.percent()));
                }
                if (value.isPresent()) {
                    values.add(value.get());
                    return values;
                }
                if (candidate.kind() == Kind.FORMULA) {
                    unreadFormulas.add(candidate.match());
                }
            }
        }
        return values;
    }

    private static List<Candidate> candidates(BoundedText text, List<Rule> rules, int rank) {
        List<Candidate> found = new ArrayList<>();
        for (Rule rule : rules) {
            if (rule.rank() == rank) {
                Matcher matcher = rule.pattern().matcher(text);
                while (matcher.find()) {
                    String percent = matcher.group(2);
                    found.add(new Candidate(
                            rule.kind(),
                            matcher.toMatchResult(),
                            matcher.group(1),
                            percent != null && !percent.isEmpty()));
                }
            }
        }
        found.sort(Comparator.comparingInt((Candidate c) -> c.match().end())
                .reversed()
                .thenComparingInt(c -> c.match().start()));
        return found;
    }

    private static boolean isInside(Candidate candidate, List<MatchResult> formulas) {
        return candidate.kind() != Kind.FORMULA
                && formulas.stream()
                        .anyMatch(formula -> candidate.match().start(1) < formula.end(1)
                                && candidate.match().end(1) > formula.start(1));
    }

    private static Optional<MathValue> read(Candidate candidate) {
        try {
            List<Expression> sides = switch (candidate.kind()) {
                case FORMULA -> FormulaParser.latex(content(candidate.text()));
                case ARITHMETIC -> List.of(FormulaParser.arithmetic(candidate.text()));
                case NUMBER -> List.of(number(candidate.text()));
                case OPTION -> List.of();
            };
            return Optional.of(new MathValue(candidate.text(), sides, candidate.percent()));
        } catch (FormulaException e) {
            return Optional.empty();
        }
    }

    /** A formula without its delimiters and units. */
    private static String content(String formula) {
        String content = formula;
        if (formula.startsWith("\\boxed")) {
            content = BoxedText.extract(formula);
        } else if (formula.startsWith("$$") || formula.startsWith("\\[") || formula.startsWith("\\(")) {
            content = formula.substring(2, formula.length() - 2);
        } else if (formula.startsWith("$")) {
            content = formula.substring(1, formula.length() - 1);
        }
        return UNITS.matcher(content).replaceAll("");
    }

    /** A comma groups thousands where three digits follow it throughout, and is a decimal mark elsewhere. */
    private static Expression number(String text) {
        boolean thousands = text.matches("-?[1-9]\\d{0,2}(?:[ ,]\\d{3})+(?:\\.\\d+)?");
        String digits = thousands ? text.replaceAll("[ ,]", "") : text.replace(',', '.');
        return Constant.parse(digits);
    }
}
