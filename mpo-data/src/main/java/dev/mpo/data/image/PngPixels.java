package dev.mpo.data.image;

/** Puts the samples of PNG rows into an RGB picture, with the meaning of Pillow's {@code convert('RGB')}. */
final class PngPixels {

    private static final int RGB = RgbImage.CHANNELS;

    private final PngHeader header;
    private final int[] palette;
    private final byte[] rgb;

    /** Writes into {@code rgb}; colours of the palette are 0xRRGGBB. */
    PngPixels(PngHeader header, int[] palette, byte[] rgb) {
        this.header = header;
        this.palette = palette;
        this.rgb = rgb;
    }

    /** Gives rows from {@code y} on what zero samples look like. */
    void fillFrom(int y) {
        int color = header.colorType() == PngHeader.PALETTE ? palette[0] : 0;
        if (color != 0) {
            for (int at = y * header.width() * RGB; at < rgb.length; at += RGB) {
                put(at, color);
            }
        }
    }

    /** Puts a row of {@code width} pixels at column {@code x} and every {@code step} columns from there. */
    void put(byte[] row, int at, int width, int y, int x, int step) {
        int target = (y * header.width() + x) * RGB;
        int advance = step * RGB;
        int depth = header.depth();
        switch (header.colorType()) {
            case PngHeader.PALETTE -> putIndices(row, at, width, target, advance);
            case PngHeader.GRAY -> putGray(row, at, width, target, advance);
            case PngHeader.GRAY_ALPHA -> putBytes(row, at, width, target, advance, depth / 4, 0, 0);
            default -> {
                if (header.colorType() == PngHeader.RGB && depth == 8 && step == 1) {
                    System.arraycopy(row, at, rgb, target, width * RGB);
                } else {
                    int sample = depth / 8;
                    putBytes(row, at, width, target, advance, header.channels() * sample, sample, 2 * sample);
                }
            }
        }
    }

    /** The high bytes of three samples; {@code green} and {@code blue} lie so many bytes behind red. */
    private void putBytes(byte[] row, int from, int width, int to, int advance, int stride, int green, int blue) {
        int at = from;
        int target = to;
        for (int i = 0; i < width; i++, at += stride, target += advance) {
            rgb[target] = row[at];
            rgb[target + 1] = row[at + green];
            rgb[target + 2] = row[at + blue];
        }
    }

    private void putIndices(byte[] row, int at, int width, int to, int advance) {
        int depth = header.depth();
        int target = to;
        for (int i = 0; i < width; i++, target += advance) {
            put(target, palette[sample(row, at, i, depth)]);
        }
    }

    private void putGray(byte[] row, int at, int width, int to, int advance) {
        int depth = header.depth();
        int scale = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
        int target = to;
        for (int i = 0; i < width; i++, target += advance) {
            // Pillow clips grey of 16 bits instead of scaling it.
            int value = depth == 16
                    ? (row[at + 2 * i] != 0 ? 255 : row[at + 2 * i + 1])
                    : sample(row, at, i, depth) * scale;
            rgb[target] = (byte) value;
            rgb[target + 1] = (byte) value;
            rgb[target + 2] = (byte) value;
        }
    }

    /** Returns a sample of 8 bits or fewer; the first lies in the high bits of its byte. */
    private static int sample(byte[] row, int at, int index, int depth) {
        if (depth == 8) {
            return row[at + index] & 0xff;
        }
        int bit = index * depth;
        return (row[at + (bit >> 3)] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }

    private void put(int at, int color) {
        rgb[at] = (byte) (color >> 16);
        rgb[at + 1] = (byte) (color >> 8);
        rgb[at + 2] = (byte) color;
    }
}
