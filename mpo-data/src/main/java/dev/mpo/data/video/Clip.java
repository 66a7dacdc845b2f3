package dev.mpo.data.video;

import dev.mpo.core.DataException;

/**
 * A part of a video, as the key {@code clip} of a row names it.
 *
 * @param startSeconds where it starts
 * @param endSeconds where it ends
 */
public record Clip(double startSeconds, double endSeconds) {

    /** Checks that the part is one. */
    public Clip {
        if (!(startSeconds >= 0 && endSeconds > startSeconds && endSeconds < Integer.MAX_VALUE)) {
            throw new DataException("\"clip\": expected [start, end] in seconds with 0 <= start < end, got ["
                    + startSeconds + ", " + endSeconds + "]");
        }
    }
}
