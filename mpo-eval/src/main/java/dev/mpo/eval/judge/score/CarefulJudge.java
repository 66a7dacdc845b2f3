package dev.mpo.eval.judge.score;

import dev.mpo.eval.judge.text.PythonText;
import dev.mpo.eval.judge.value.AnswerReader;
import dev.mpo.eval.judge.value.AnswerValue;
import dev.mpo.eval.judge.value.Comparison;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Judges answers by the published rules and by their mathematical values, and says so where neither can tell.
 *
 * <ul>
 *   <li>Equal values are right, however they are written.
 *   <li>What the published rules call right although the values differ, such as {@code -5} for {@code 5}, is undecided;
 *       unless the rule that accepts it is one of closeness.
 *   <li>What the rules do not accept is wrong if both answers could be read, or if both are plain text; mathematics
 *       that cannot be read is undecided, never wrong.
 * </ul>
 *
 * Size and time are bounded: what is past the bounds is undecided.
 */
public final class CarefulJudge implements AnswerJudge {

    /** Longer answers are not worth reading as a whole; equal ones are still right. */
    private static final int LONGEST = 20_000;

    private static final Pattern OPTION = Pattern.compile("\\(?([A-Na-n])(?:\\)|[.):]|[.):]\\s.*)?", Pattern.DOTALL);

    private final AnswerChecker checker = new AnswerChecker();

    @Override
    public Judgement judge(String answer, String groundTruth, Collection<ScoreMode> modes) {
        if (PythonText.sameIgnoringCase(answer, groundTruth)) {
            return Judgement.RIGHT;
        }
        if (answer.length() > LONGEST || groundTruth.length() > LONGEST) {
            return Judgement.UNDECIDED;
        }
        try {
            return bounded(answer, groundTruth, modes);
        } catch (BoundedText.TooManyLooksException | StackOverflowError e) {
            return Judgement.UNDECIDED;
        }
    }

    private Judgement bounded(String answer, String groundTruth, Collection<ScoreMode> modes) {
        boolean accepted = checker.isRight(answer, groundTruth, modes);
        if (!readsValues(modes)) {
            return Judgement.of(accepted);
        }
        String given = AnswerReader.unwrap(answer);
        String wanted = AnswerReader.unwrap(groundTruth);
        accepted |= checker.isRight(given, wanted, modes) || isSameOption(given, wanted);
        Optional<AnswerValue> value = AnswerReader.read(given, wanted);
        Optional<AnswerValue> wantedValue = AnswerReader.read(wanted, given);
        Comparison comparison = value.isPresent() && wantedValue.isPresent()
                ? value.get().compare(wantedValue.get())
                : Comparison.UNKNOWN;
        boolean mathematics = AnswerReader.isMathematics(given) && AnswerReader.isMathematics(wanted);
        return switch (comparison) {
            case SAME -> Judgement.RIGHT;
            case DIFFERENT -> {
                if (!accepted) {
                    yield Judgement.WRONG;
                }
                yield isClose(given, wanted, modes) ? Judgement.RIGHT : Judgement.UNDECIDED;
            }
            case UNKNOWN -> {
                boolean bothRead = value.isPresent() && wantedValue.isPresent();
                if (accepted) {
                    yield bothRead || (mathematics && isByLettersAlone(given, wanted, modes))
                            ? Judgement.UNDECIDED
                            : Judgement.RIGHT;
                }
                boolean read = (value.isPresent() || !AnswerReader.isMathematics(given))
                        && (wantedValue.isPresent() || !AnswerReader.isMathematics(wanted))
                        && !bothRead;
                yield read ? Judgement.WRONG : Judgement.UNDECIDED;
            }
        };
    }

    /** Charts and documents have rules of their own for what is near enough. */
    private static boolean readsValues(Collection<ScoreMode> modes) {
        return modes.contains(ScoreMode.MATH_VERIFY_SCORE) || modes.contains(ScoreMode.LATEX_SCORE);
    }

    /** {@code A. dog} and {@code (A)} name the same option. */
    private static boolean isSameOption(String answer, String groundTruth) {
        Matcher given = OPTION.matcher(answer);
        Matcher wanted = OPTION.matcher(groundTruth);
        return given.matches() && wanted.matches() && given.group(1).equalsIgnoreCase(wanted.group(1));
    }

    /**
     * A rule of closeness accepts it, and it is none that makes one integer of another, or a number of a percentage.
     */
    private boolean isClose(String answer, String groundTruth, Collection<ScoreMode> modes) {
        boolean percent = answer.contains("%") != groundTruth.contains("%");
        boolean integers = answer.indexOf('.') < 0 && groundTruth.indexOf('.') < 0;
        return modes.stream()
                .filter(mode ->
                        mode == ScoreMode.RELAXED_ACCURACY || (mode == ScoreMode.MATH_SCORE && !integers && !percent))
                .anyMatch(mode -> checker.isRight(answer, groundTruth, List.of(mode)));
    }

    /** Only the score that leaves signs out accepts it. */
    private boolean isByLettersAlone(String answer, String groundTruth, Collection<ScoreMode> modes) {
        List<ScoreMode> others =
                modes.stream().filter(mode -> mode != ScoreMode.VQA_SCORE).toList();
        return !checker.isRight(answer, groundTruth, others) && !isSameOption(answer, groundTruth);
    }
}
