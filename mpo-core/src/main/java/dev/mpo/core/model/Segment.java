package dev.mpo.core.model;

/**
 * A run of tokens of a packed stream that attends causally to itself and, entirely, to an earlier prefix.
 *
 * <p>A whole sequence is a segment without prefix; the answer of a pair that shares its beginning is a segment whose
 * prefix is that beginning.
 *
 * @param start first token of the run
 * @param end one past its last token
 * @param prefixStart first token of the prefix
 * @param prefixEnd one past the prefix's last token; equal to {@code prefixStart} if there is none
 */
public record Segment(int start, int end, int prefixStart, int prefixEnd) {

    /** Checks the order of the bounds. */
    public Segment {
        if (start < 0 || end <= start || prefixStart < 0 || prefixEnd < prefixStart || prefixEnd > start) {
            throw new IllegalArgumentException(
                    "segment [" + start + ", " + end + ") with prefix [" + prefixStart + ", " + prefixEnd + ")");
        }
    }

    /** Returns a run without prefix. */
    public static Segment whole(int start, int end) {
        return new Segment(start, end, start, start);
    }
}
