package dev.mpo.data.synth;

import java.util.List;

/**
 * A question about drawn pictures, with the reasoning that leads to its answer.
 *
 * @param dataset the kind of question, as the name of a data set
 * @param images picture files relative to the set's root
 * @param question the question; with one {@code <image>} per picture where there are several
 * @param right the right reply
 * @param wrong a wrong one
 */
public record ReasonedQuestion(String dataset, List<String> images, String question, Reply right, Reply wrong) {

    /** Copies the list. */
    public ReasonedQuestion {
        images = List.copyOf(images);
    }
}
