package dev.mpo.data.image;

/**
 * An 8-bit RGB picture: {@code height} rows of {@code width} pixels, interleaved as R, G, B.
 *
 * <p>The array is not copied on the way in or out: an image owns its pixels, and holders agree not to change them.
 * Equality is by identity of the array, as for every record with an array in it.
 *
 * @param width pixels per row, at least 1
 * @param height rows, at least 1
 * @param pixels {@code height * width * 3} bytes, row by row
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are bulk data that is handed on, never compared or copied
public record RgbImage(int width, int height, byte[] pixels) {

    /** Bytes per pixel. */
    public static final int CHANNELS = 3;

    /** Checks that the array holds exactly the pixels that the size asks for. */
    public RgbImage {
        if (width < 1 || height < 1 || pixels.length != byteCount(width, height)) {
            throw new IllegalArgumentException("an RGB image of " + width + "x" + height + " needs "
                    + (long) width * height * CHANNELS + " bytes, got " + pixels.length);
        }
    }

    /** Returns an image of one colour; components are 0..255. */
    public static RgbImage filled(int width, int height, int red, int green, int blue) {
        byte[] pixels = new byte[byteCount(width, height)];
        for (int i = 0; i < pixels.length; i += CHANNELS) {
            pixels[i] = (byte) red;
            pixels[i + 1] = (byte) green;
            pixels[i + 2] = (byte) blue;
        }
        return new RgbImage(width, height, pixels);
    }

    /** Returns the component {@code channel} (0 red, 1 green, 2 blue) of a pixel as 0..255. */
    public int component(int x, int y, int channel) {
        return pixels[(y * width + x) * CHANNELS + channel] & 0xff;
    }

    /** Copies all pixels onto a larger image, in which this one must lie entirely. */
    void copyOnto(RgbImage target, int left, int top) {
        int rowBytes = width * CHANNELS;
        int at = (top * target.width + left) * CHANNELS;
        for (int y = 0; y < height; y++, at += target.width * CHANNELS) {
            System.arraycopy(pixels, y * rowBytes, target.pixels, at, rowBytes);
        }
    }

    /** Returns the number of bytes of an image, refusing one that no Java array can hold. */
    static int byteCount(int width, int height) {
        return Math.toIntExact((long) width * height * CHANNELS);
    }
}
