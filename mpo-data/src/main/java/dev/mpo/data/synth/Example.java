package dev.mpo.data.synth;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A question about pictures with a right and a wrong answer of the same style.
 *
 * @param pictures what the question is about; none for a text-only question
 * @param question the user's turn
 * @param right the right reply
 * @param wrong the same reply with a wrong fact
 */
record Example(List<Picture> pictures, String question, Reply right, Reply wrong) {

    Example {
        pictures = List.copyOf(pictures);
    }

    /**
     * Builds an example from the pattern of a sentence, in which {@code %s} stands for the answer.
     *
     * @param thought makes the reasoning for an answer
     */
    static Example of(
            List<Picture> pictures,
            String question,
            String sentence,
            UnaryOperator<String> thought,
            String right,
            String wrong) {
        return new Example(
                pictures,
                question,
                new Reply(right, sentence.formatted(right), thought.apply(right)),
                new Reply(wrong, sentence.formatted(wrong), thought.apply(wrong)));
    }

    /** Returns the sentence with the right answer. */
    String chosen() {
        return right.sentence();
    }

    /** Returns the same sentence with a wrong answer. */
    String rejected() {
        return wrong.sentence();
    }

    /** Returns the right answer on its own. */
    String answer() {
        return right.answer();
    }
}
