package dev.mpo.data.synth;

import java.util.List;

/**
 * A question about pictures with a right and a wrong answer of the same style.
 *
 * @param pictures what the question is about; none for a text-only question
 * @param question the user's turn
 * @param chosen the sentence with the right answer
 * @param rejected the same sentence with a wrong answer
 * @param answer the right answer on its own
 */
record Example(List<Picture> pictures, String question, String chosen, String rejected, String answer) {

    Example {
        pictures = List.copyOf(pictures);
    }

    /** Builds an example from one sentence pattern, in which {@code %s} stands for the answer. */
    static Example of(List<Picture> pictures, String question, String sentence, String right, String wrong) {
        return new Example(pictures, question, sentence.formatted(right), sentence.formatted(wrong), right);
    }
}
