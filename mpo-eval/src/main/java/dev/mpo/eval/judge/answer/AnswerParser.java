package dev.mpo.eval.judge.answer;

import dev.mpo.eval.judge.text.PythonText;
import dev.mpo.eval.prompt.PromptVersion;
import java.util.List;
import java.util.Optional;

/** Reads the final answer out of a response, as the prompt version that it replies to asked for it. */
public final class AnswerParser {

    /** In the order of preference; the first that occurs at all is the one that counts. */
    private static final List<String> TRIGGERS = List.of("Final answer:", "Final Answer:", "答案:");

    private static final int MOST_TRIGGERS = 2;
    private static final int FEWEST_LINE_BREAKS = 2;

    private AnswerParser() {}

    /**
     * Returns what a response says, or nothing if it does not keep to the format.
     *
     * <ul>
     *   <li>{@code en}, {@code zh}: at least two line breaks; the text after the last trigger is the answer and is one
     *       line; the text before it, which is not blank, is the rationale.
     *   <li>{@code en_v2}, {@code zh_v2}: more than 20 characters; the content of the last box is the answer, or the
     *       whole response where there is no complete box.
     *   <li>{@code en_r1}, {@code zh_r1}: as {@link ThinkFormat} demands; the content of the last box is the answer.
     * </ul>
     */
    public static Optional<ParsedAnswer> parse(String response, PromptVersion version) {
        if (version.endsWithAnswer()) {
            return afterTrigger(response);
        }
        boolean wellFormed = version.thinks() ? ThinkFormat.matches(response) : ThinkFormat.isReasoning(response);
        return wellFormed ? Optional.of(new ParsedAnswer(null, BoxedText.extract(response))) : Optional.empty();
    }

    private static Optional<ParsedAnswer> afterTrigger(String response) {
        Optional<String> trigger = TRIGGERS.stream().filter(response::contains).findFirst();
        if (trigger.isEmpty()
                || PythonText.count(response, trigger.get()) > MOST_TRIGGERS
                || PythonText.count(response, "\n") < FEWEST_LINE_BREAKS) {
            return Optional.empty();
        }
        int at = response.lastIndexOf(trigger.get());
        String rationale = PythonText.strip(response.substring(0, at));
        String answer = PythonText.strip(response.substring(at + trigger.get().length()));
        if (rationale.isEmpty() || answer.contains("\n")) {
            return Optional.empty();
        }
        return Optional.of(new ParsedAnswer(rationale, answer));
    }
}
