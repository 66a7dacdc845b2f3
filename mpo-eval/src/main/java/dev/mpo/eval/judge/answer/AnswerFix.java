package dev.mpo.eval.judge.answer;

import dev.mpo.eval.judge.text.PythonText;
import java.util.Optional;

/**
 * Writes the ground truth into a response whose answer contains it, so that {@code Final answer: B. cat} becomes
 * {@code Final answer: B} and a chosen response teaches the form of the ground truth.
 */
public final class AnswerFix {

    private static final String BOLD_TRIGGER = "**Final";

    private AnswerFix() {}

    /**
     * Returns the response with its last occurrence of the answer replaced by the ground truth, where the answer
     * contains it (ignoring case, commas, and periods at the ends) or, for an option letter, names it; unchanged
     * otherwise. A {@code **Final} that opens the last line's answer in bold loses its stars.
     *
     * @return nothing if the response has no line break or the answer to replace is empty: such a response does not
     *     keep to the format
     */
    public static Optional<String> fix(String response, String answer, String groundTruth) {
        String given = PythonText.lower(answer);
        String wanted = PythonText.lower(groundTruth);
        if (OptionLetter.isLetter(PythonText.upper(wanted))) {
            Optional<String> letter = OptionLetter.of(answer);
            if (letter.isEmpty()) {
                return Optional.of(response);
            }
            given = letter.get();
            wanted = PythonText.upper(wanted);
        }
        String fixed = response;
        if (given.contains(wanted) || plain(given).contains(plain(wanted))) {
            if (answer.isEmpty()) {
                return Optional.empty();
            }
            fixed = PythonText.strip(
                    PythonText.strip(PythonText.strip(replaceLast(response, answer, groundTruth)), '*'));
        }
        return withoutBoldTrigger(fixed);
    }

    /** {@code 30,594.} as {@code 30594}. */
    private static String plain(String number) {
        return PythonText.strip(number, '.').replace(",", "");
    }

    private static String replaceLast(String text, String part, String replacement) {
        int at = text.lastIndexOf(part);
        return at < 0 ? text : text.substring(0, at) + replacement + text.substring(at + part.length());
    }

    private static Optional<String> withoutBoldTrigger(String response) {
        int lineBreak = response.lastIndexOf('\n');
        if (lineBreak < 0) {
            return Optional.empty();
        }
        String lastLine = response.substring(lineBreak + 1);
        if (!lastLine.contains(BOLD_TRIGGER)) {
            return Optional.of(response);
        }
        return Optional.of(
                PythonText.strip(response.substring(0, lineBreak) + "\n" + lastLine.replace(BOLD_TRIGGER, "Final")));
    }
}
