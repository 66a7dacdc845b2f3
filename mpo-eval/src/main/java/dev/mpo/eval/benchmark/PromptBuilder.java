package dev.mpo.eval.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.eval.judge.text.PythonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts the questions of a data set as VLMEvalKit puts them to InternVL. */
public final class PromptBuilder {

    private static final String QUESTION_MARK = "Question:";
    private static final String CHOICES_LINE = "Choices:\n";

    private final String dataset;
    private final BenchmarkType type;
    private final PromptMode mode;

    /** Creates the builder for a data set, which its name and columns tell about. */
    public PromptBuilder(String dataset, List<String> columns, PromptMode mode) {
        this.dataset = dataset;
        this.type = PromptRules.type(dataset, columns);
        this.mode = mode;
    }

    /** Returns the type of the data set. */
    public BenchmarkType type() {
        return type;
    }

    /** Returns whether replies are to the MPO prompt, and so end in {@code Final answer: ..}. */
    public boolean usesMpoPrompt() {
        return mode.mpo() && (mode.cot() || PromptRules.isOne("mpo_without_cot", dataset));
    }

    /** Returns the question of a row, without its pictures. */
    public String text(Map<String, Object> row) {
        if (usesMpoPrompt() && !PromptRules.applies("mpo_never", dataset)) {
            return mpo(row);
        }
        String question = value(row, "question");
        return switch (type) {
            case YES_NO -> question + suffix("yes_no");
            case MCQ -> choice(row);
            case VQA -> open(question);
            case OTHER -> mode.cot() ? question + "\n" + PromptRules.text("reason_open") : question;
        };
    }

    /** Returns the answer that counts out of a reply: all of it, or what the MPO prompt asks it to end with. */
    public String answer(String reply) {
        boolean cut = type == BenchmarkType.YES_NO || type == BenchmarkType.MCQ || dataset.contains("CRPE");
        return usesMpoPrompt() && cut ? MpoAnswer.of(reply) : reply;
    }

    /** Returns what a model is sent: markers for the pictures, then the text. */
    public String message(String text, int numImages) {
        if (numImages == 1) {
            return "<image>\n" + text;
        }
        StringBuilder message = new StringBuilder();
        for (int i = 1; i <= numImages; i++) {
            message.append("Image-").append(i).append(": <image>\n");
        }
        return message + text;
    }

    /** Returns the most tiles of one picture where a question has several, without the thumbnail. */
    public int mostTiles(int numImages) {
        int most = PromptRules.rule("tiles", dataset)
                .map(rule -> rule.path("most").asInt())
                .orElse(6);
        return Math.max(1, Math.min(most, PromptRules.number("tiles_in_all") / Math.max(1, numImages)));
    }

    /** Returns whether the first picture is doubled in size before it is cut. */
    public boolean doublesFirstImage() {
        return PromptRules.applies("doubled", dataset);
    }

    /** Returns the options of a row by letter, as they are shown. */
    public static Map<String, String> options(Map<String, Object> row) {
        Map<String, String> options = new LinkedHashMap<>();
        for (char letter = 'A'; letter <= 'Z'; letter++) {
            String name = Character.toString(letter);
            DataTable.text(row, name).ifPresent(text -> options.put(name, text));
        }
        return options;
    }

    private String choice(Map<String, Object> row) {
        StringBuilder prompt = new StringBuilder();
        DataTable.text(row, "hint").ifPresent(hint -> prompt.append(hint).append('\n'));
        prompt.append(value(row, "question"));
        Map<String, String> options = options(row);
        options.forEach((letter, text) ->
                prompt.append('\n').append(letter).append(". ").append(text));
        boolean chinese = prompt.chars().anyMatch(c -> c >= 0x4e00 && c <= 0x9fff);
        String request =
                PromptRules.text(options.isEmpty() ? "no_options" : "options", chinese ? "chinese" : "english");
        prompt.append(request);
        if (!mode.cot()) {
            return prompt.toString();
        }
        String direct = PythonText.strip(PromptRules.text("options", "english"));
        return PythonText.strip(prompt.toString().replace(direct, "")) + "\n" + PromptRules.text("reason_options");
    }

    private String open(String question) {
        Optional<JsonNode> rule = PromptRules.rule("open", dataset);
        boolean reasons =
                mode.cot() && rule.isPresent() && rule.get().path("reasons").asBoolean();
        String text = question + suffix("open");
        return reasons ? text + "\n" + PromptRules.text("reason_open") : text;
    }

    private String suffix(String list) {
        return PromptRules.rule(list, dataset)
                .map(rule -> rule.path("suffix").asText())
                .orElse("");
    }

    private String mpo(Map<String, Object> row) {
        String question = value(row, "question");
        if (PromptRules.applies("mpo_question_only", dataset)) {
            int mark = question.indexOf(QUESTION_MARK);
            question = PythonText.strip(mark < 0 ? question : question.substring(mark + QUESTION_MARK.length()));
            question = PythonText.strip(question.replace(CHOICES_LINE, ""));
        }
        StringBuilder options = new StringBuilder();
        options(row)
                .forEach((letter, text) ->
                        options.append(letter).append(". ").append(text).append('\n'));
        String whole = options.isEmpty() ? question : question + "\n" + options;
        return PythonText.strip(PromptRules.text("mpo").replace("{question}", whole));
    }

    private static String value(Map<String, Object> row, String column) {
        return DataTable.text(row, column).orElse("nan");
    }
}
