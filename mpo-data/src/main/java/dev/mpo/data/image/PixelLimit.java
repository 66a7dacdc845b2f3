package dev.mpo.data.image;

import java.io.IOException;

/** The guard against small files that decode to enormous pictures. */
final class PixelLimit {

    private PixelLimit() {}

    /** Fails when a picture of this size has more pixels than allowed, or more than a Java array can hold. */
    static void check(int width, int height, long maxPixels) throws IOException {
        long pixels = (long) width * height;
        long limit = Math.min(maxPixels, Integer.MAX_VALUE / 4); // four components at decoding
        if (pixels > limit) {
            throw new IOException(width + "x" + height + " = " + pixels + " pixels, more than the limit of " + limit);
        }
    }
}
