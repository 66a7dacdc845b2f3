package dev.mpo.data.image;

import java.util.Arrays;

/**
 * A frame of a GIF before its pixels are decompressed.
 *
 * @param colors 256 colours 0xRRGGBB, whatever the file gives
 * @param numColors how many colours the file gives
 * @param transparent the index that leaves pixels as they are, or -1
 * @param disposal what becomes of the frame before the next: {@link #TO_BACKGROUND}, {@link #TO_PREVIOUS}, else it
 *     stays
 * @param dataAt where its compressed pixels begin in the file
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record GifFrame(
        int left,
        int top,
        int width,
        int height,
        boolean interlaced,
        int[] colors,
        int numColors,
        int transparent,
        int disposal,
        int dataAt) {

    static final int TO_BACKGROUND = 2;
    static final int TO_PREVIOUS = 3;

    /** Returns the colour of an index that a descriptor names; one that is out of range means the first. */
    int color(int index) {
        return colors[numColors > 0 && index >= numColors ? 0 : index];
    }

    /** Returns the row of the picture that the {@code i}-th stored row is. */
    int[] rowOrder() {
        int[] order = new int[height];
        if (!interlaced) {
            Arrays.setAll(order, i -> i);
            return order;
        }
        int[] starts = {0, 4, 2, 1};
        int[] steps = {8, 8, 4, 2};
        int stored = 0;
        for (int pass = 0; pass < starts.length; pass++) {
            for (int y = starts[pass]; y < height; y += steps[pass]) {
                order[stored++] = y;
            }
        }
        return order;
    }
}
