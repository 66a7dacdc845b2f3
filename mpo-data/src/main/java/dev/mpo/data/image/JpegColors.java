package dev.mpo.data.image;

/**
 * Conversion of decoded JPEG components to RGB with libjpeg's fixed-point tables, and of CMYK with Pillow's formula.
 *
 * <p>Four-component files are read by Adobe's convention, inverted, whether or not an Adobe marker says so.
 */
final class JpegColors {

    private static final int FRACTION_BITS = 16;
    private static final int HALF = 1 << (FRACTION_BITS - 1);

    private static final int[] RED_OF_CR = new int[256];
    private static final int[] BLUE_OF_CB = new int[256];
    private static final int[] GREEN_OF_CR = new int[256];
    private static final int[] GREEN_OF_CB = new int[256];

    static {
        for (int i = 0; i < 256; i++) {
            int chroma = i - 128;
            RED_OF_CR[i] = (fixed(1.40200) * chroma + HALF) >> FRACTION_BITS;
            BLUE_OF_CB[i] = (fixed(1.77200) * chroma + HALF) >> FRACTION_BITS;
            GREEN_OF_CR[i] = -fixed(0.71414) * chroma;
            GREEN_OF_CB[i] = -fixed(0.34414) * chroma + HALF;
        }
    }

    private JpegColors() {}

    /** Repeats grey samples three times. */
    static byte[] fromGray(byte[] samples) {
        byte[] rgb = new byte[Math.multiplyExact(samples.length, RgbImage.CHANNELS)];
        for (int i = 0, at = 0; i < samples.length; i++, at += RgbImage.CHANNELS) {
            rgb[at] = samples[i];
            rgb[at + 1] = samples[i];
            rgb[at + 2] = samples[i];
        }
        return rgb;
    }

    /** Converts interleaved Y, Cb, Cr to RGB in place. */
    static void convertYcc(byte[] pixels) {
        for (int at = 0; at + 2 < pixels.length; at += 3) {
            int y = pixels[at] & 0xff;
            int cb = pixels[at + 1] & 0xff;
            int cr = pixels[at + 2] & 0xff;
            pixels[at] = (byte) red(y, cr);
            pixels[at + 1] = (byte) green(y, cb, cr);
            pixels[at + 2] = (byte) blue(y, cb);
        }
    }

    /**
     * Converts stored, inverted CMYK (or YCC and inverted K) to RGB, writing over the front of the same array.
     *
     * @return the number of bytes written, three quarters of those read
     */
    static int convertInvertedCmyk(byte[] pixels, boolean ycc) {
        int target = 0;
        for (int at = 0; at + 3 < pixels.length; at += 4) {
            int a = pixels[at] & 0xff;
            int b = pixels[at + 1] & 0xff;
            int c = pixels[at + 2] & 0xff;
            int light = pixels[at + 3] & 0xff;
            int cyan = ycc ? red(a, c) : 255 - a;
            int magenta = ycc ? green(a, b, c) : 255 - b;
            int yellow = ycc ? blue(a, b) : 255 - c;
            pixels[target++] = (byte) fromInk(cyan, light);
            pixels[target++] = (byte) fromInk(magenta, light);
            pixels[target++] = (byte) fromInk(yellow, light);
        }
        return target;
    }

    /** Returns the light left by an ink of 0..255 over a ground of brightness {@code light} = 255 - K. */
    static int fromInk(int ink, int light) {
        int product = ink * light + 128;
        return clip(light - (((product >> 8) + product) >> 8));
    }

    private static int red(int y, int cr) {
        return clip(y + RED_OF_CR[cr]);
    }

    private static int green(int y, int cb, int cr) {
        return clip(y + ((GREEN_OF_CB[cb] + GREEN_OF_CR[cr]) >> FRACTION_BITS));
    }

    private static int blue(int y, int cb) {
        return clip(y + BLUE_OF_CB[cb]);
    }

    private static int fixed(double value) {
        return (int) (value * (1 << FRACTION_BITS) + 0.5);
    }

    private static int clip(int value) {
        return value < 0 ? 0 : Math.min(value, 255);
    }
}
