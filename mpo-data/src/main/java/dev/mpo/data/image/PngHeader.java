package dev.mpo.data.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The first chunk of a PNG file.
 *
 * @param depth bits per sample: 1, 2, 4, 8 or 16
 * @param colorType one of the constants of this class
 */
record PngHeader(int width, int height, int depth, int colorType, boolean interlaced) {

    static final int GRAY = 0;
    static final int RGB = 2;
    static final int PALETTE = 3;
    static final int GRAY_ALPHA = 4;
    static final int RGB_ALPHA = 6;

    private static final int LENGTH = 13;

    /** Reads the chunk whose data begin at {@code at}. */
    static PngHeader read(ByteBuffer png, int at, int length) throws IOException {
        if (length != LENGTH) {
            throw new IOException("a header of " + length + " bytes");
        }
        int depth = png.get(at + 8);
        int colorType = png.get(at + 9);
        int interlace = png.get(at + 12);
        if (png.getInt(at) < 1 || png.getInt(at + 4) < 1) {
            throw new IOException("a width of " + png.getInt(at) + " and a height of " + png.getInt(at + 4));
        }
        if (png.get(at + 10) != 0 || png.get(at + 11) != 0 || interlace < 0 || interlace > 1) {
            throw new IOException("an unknown compression, filter or interlace method");
        }
        PngHeader header = new PngHeader(png.getInt(at), png.getInt(at + 4), depth, colorType, interlace == 1);
        if (Arrays.binarySearch(header.depths(), depth) < 0) {
            throw new IOException("colour type " + colorType + " with " + depth + " bits per sample");
        }
        return header;
    }

    private int[] depths() {
        return switch (colorType) {
            case GRAY -> new int[] {1, 2, 4, 8, 16};
            case PALETTE -> new int[] {1, 2, 4, 8};
            case RGB, GRAY_ALPHA, RGB_ALPHA -> new int[] {8, 16};
            default -> new int[0];
        };
    }

    int channels() {
        return switch (colorType) {
            case RGB -> 3;
            case GRAY_ALPHA -> 2;
            case RGB_ALPHA -> 4;
            default -> 1;
        };
    }

    /** Returns the bytes of a row of so many pixels, without the filter's byte in front. */
    int rowBytes(int pixels) {
        return Math.toIntExact(((long) pixels * channels() * depth + 7) / 8);
    }

    /** Returns how far to the left a filter looks, in bytes. */
    int filterDistance() {
        return Math.max(1, channels() * depth / 8);
    }
}
