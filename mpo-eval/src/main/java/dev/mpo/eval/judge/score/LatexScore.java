package dev.mpo.eval.judge.score;

import dev.mpo.eval.judge.algebra.Equality;
import dev.mpo.eval.judge.algebra.Expression;
import dev.mpo.eval.judge.algebra.FormulaException;
import dev.mpo.eval.judge.algebra.FormulaParser;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Equality of answers that are formulas as a whole. */
public final class LatexScore {

    private static final Pattern FRACTION = Pattern.compile("\\s*\\d+\\s*/\\s*\\d+\\s*");

    private LatexScore() {}

    /** Returns whether an answer is written as a formula: with a LaTeX command, or as a fraction of integers. */
    public static boolean applies(String answer) {
        return answer.contains("\\") || FRACTION.matcher(answer).matches();
    }

    /** Returns whether both are formulas of equal value, and one of them is {@link #applies written as one}. */
    public static boolean isRight(String answer, String groundTruth) {
        if (!applies(answer) && !applies(groundTruth)) {
            return false;
        }
        if (answer.equals(groundTruth)) {
            return true;
        }
        try {
            List<Expression> given = FormulaParser.latex(answer);
            List<Expression> wanted = FormulaParser.latex(groundTruth);
            return given.size() == wanted.size()
                    && IntStream.range(0, given.size()).allMatch(i -> Equality.exact(given.get(i), wanted.get(i)));
        } catch (FormulaException e) {
            return false; // not comparable as formulas; other scores may still match
        }
    }
}
