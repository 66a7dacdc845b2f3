package dev.mpo.tools.report;

import java.util.List;

/**
 * A held-out pair to show in a report.
 *
 * @param dataset its data set
 * @param images picture files, absolute or relative to the run directory
 * @param question the user's turn
 * @param chosen the better answer
 * @param rejected the worse answer
 * @param before its scores before training
 * @param after its scores after training
 */
public record PairExample(
        String dataset,
        List<String> images,
        String question,
        String chosen,
        String rejected,
        PairScore before,
        PairScore after) {

    /** Copies the list. */
    public PairExample {
        images = List.copyOf(images);
    }
}
