package dev.mpo.eval.exam;

import dev.mpo.eval.judge.answer.AnswerParser;
import dev.mpo.eval.judge.answer.ParsedAnswer;
import dev.mpo.eval.judge.text.PythonText;
import dev.mpo.eval.prompt.PromptVersion;
import dev.mpo.eval.prompt.Prompts;
import java.util.Optional;

/** How a model is asked to answer. */
public enum AnswerStyle {
    /** Reasoning first, then {@code Final answer: ..}: the prompt that preference data are sampled with. */
    CHAIN_OF_THOUGHT("chain of thought") {
        @Override
        public String prompt(String question, boolean hasImages) {
            return hasImages
                    ? Prompts.withImages(PromptVersion.EN, question)
                    : Prompts.textOnly(PromptVersion.EN, question);
        }

        @Override
        public Optional<String> answer(String response) {
            return AnswerParser.parse(response, PromptVersion.EN).map(ParsedAnswer::answer);
        }
    },
    /** The answer alone. */
    DIRECT("direct") {
        @Override
        public String prompt(String question, boolean hasImages) {
            return question + "\nAnswer the question using a single word or phrase.";
        }

        @Override
        public Optional<String> answer(String response) {
            String answer = PythonText.strip(response);
            return answer.isEmpty() ? Optional.empty() : Optional.of(answer);
        }
    };

    private final String title;

    AnswerStyle(String title) {
        this.title = title;
    }

    /** Returns the name for people. */
    public String title() {
        return title;
    }

    /** Returns the user's turn for a question. */
    public abstract String prompt(String question, boolean hasImages);

    /** Returns the answer that a response gives; empty if it does not keep to the form. */
    public abstract Optional<String> answer(String response);
}
