package dev.mpo.eval.pipeline.pairs;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A response with its verdict.
 *
 * @param sampled the line it comes from
 * @param row the line as it is written out, with the answer that was read and the response as it was fixed
 * @param response the response as it was fixed
 * @param answer the answer that was read; {@code None} if none could be
 * @param verdict what it counts as
 */
record JudgedResponse(SampledResponse sampled, ObjectNode row, String response, String answer, Verdict verdict) {

    /** What a response counts as. */
    enum Verdict {
        /** It keeps to the format and gives the ground truth. */
        RIGHT,
        /** It keeps to the format and gives something else. */
        WRONG,
        /** Whether it gives the ground truth cannot be told: it stands on neither side of a pair. */
        UNDECIDED,
        /** It does not keep to the format. */
        UNREADABLE
    }
}
