package dev.mpo.data.image;

import static dev.mpo.data.image.BicubicKernel.ROUNDING;
import static dev.mpo.data.image.BicubicKernel.toSample;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Pillow's antialiased bicubic resize of 8-bit RGB, bit for bit.
 *
 * <p>Two passes, rows then columns, each in fixed point with the result rounded back to 8 bits in between. Rows are
 * resized when the column pass first needs them and live in a small ring, so that no intermediate picture exists.
 */
public final class BicubicResize {

    private static final int CHANNELS = RgbImage.CHANNELS;

    private BicubicResize() {}

    /** Returns the image at another size; the same size returns the image itself. */
    public static RgbImage resize(RgbImage image, int width, int height) {
        return resize(image, width, height, PixelBuffers.none());
    }

    /**
     * As above, with the pixels in an array of the given store, which the caller gives back when the result is no
     * longer used and is not the image itself.
     */
    static RgbImage resize(RgbImage image, int width, int height, PixelBuffers buffers) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("cannot resize to " + width + "x" + height);
        }
        if (image.width() == width && image.height() == height) {
            return image;
        }
        byte[] target = buffers.take(RgbImage.byteCount(width, height));
        RowSource rows = new RowSource(image, width);
        if (image.height() == height) {
            resizeRowsOnly(rows, target, height);
        } else {
            resizeColumns(rows, target, BicubicKernel.of(image.height(), height));
        }
        return new RgbImage(width, height, target);
    }

    private static void resizeRowsOnly(RowSource rows, byte[] target, int height) {
        int[] row = new int[rows.samples()];
        for (int y = 0; y < height; y++) {
            rows.read(y, row);
            int at = y * row.length;
            for (int i = 0; i < row.length; i++) {
                target[at + i] = (byte) row[i];
            }
        }
    }

    private static void resizeColumns(RowSource rows, byte[] target, BicubicKernel kernel) {
        int samples = rows.samples();
        int[][] ring = new int[kernel.longest()][samples];
        int[] sums = new int[samples];
        int nextRow = kernel.firstSource();
        int height = kernel.starts().length;
        for (int y = 0; y < height; y++) {
            int start = kernel.starts()[y];
            int length = kernel.lengths()[y];
            for (; nextRow < start + length; nextRow++) {
                rows.read(nextRow, ring[nextRow % ring.length]);
            }
            Arrays.fill(sums, ROUNDING);
            for (int k = 0; k < length; k++) {
                addScaled(sums, ring[(start + k) % ring.length], kernel.weights()[y * kernel.stride() + k]);
            }
            store(sums, target, y * samples);
        }
    }

    // Plain int arrays on purpose: this loop, the hottest of a vertical pass, is one that the compiler vectorises.
    private static void addScaled(int[] sums, int[] row, int weight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += row[i] * weight;
        }
    }

    private static void store(int[] sums, byte[] target, int at) {
        for (int i = 0; i < sums.length; i++) {
            target[at + i] = (byte) toSample(sums[i]);
        }
    }

    /** Reads rows of an image at the target width, as 0..255 integers. */
    private static final class RowSource {
        private final byte[] pixels;
        private final int sourceSamples;
        private final int targetWidth;
        private final @Nullable BicubicKernel kernel;

        RowSource(RgbImage image, int targetWidth) {
            this.pixels = image.pixels();
            this.sourceSamples = image.width() * CHANNELS;
            this.targetWidth = targetWidth;
            this.kernel = image.width() == targetWidth ? null : BicubicKernel.of(image.width(), targetWidth);
        }

        int samples() {
            return targetWidth * CHANNELS;
        }

        void read(int y, int[] row) {
            if (kernel == null) {
                int at = y * sourceSamples;
                for (int i = 0; i < row.length; i++) {
                    row[i] = pixels[at + i] & 0xff;
                }
            } else {
                resizeRow(kernel, y * sourceSamples, row);
            }
        }

        private void resizeRow(BicubicKernel widths, int rowStart, int[] row) {
            int[] weights = widths.weights();
            for (int x = 0; x < targetWidth; x++) {
                int red = ROUNDING;
                int green = ROUNDING;
                int blue = ROUNDING;
                int at = rowStart + widths.starts()[x] * CHANNELS;
                int from = x * widths.stride();
                int to = from + widths.lengths()[x];
                for (int k = from; k < to; k++, at += CHANNELS) {
                    int weight = weights[k];
                    red += (pixels[at] & 0xff) * weight;
                    green += (pixels[at + 1] & 0xff) * weight;
                    blue += (pixels[at + 2] & 0xff) * weight;
                }
                row[x * CHANNELS] = toSample(red);
                row[x * CHANNELS + 1] = toSample(green);
                row[x * CHANNELS + 2] = toSample(blue);
            }
        }
    }
}
