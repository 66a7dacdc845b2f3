package dev.mpo.data.image;

/**
 * Pillow's antialiased bicubic resize of 8-bit RGB, bit for bit.
 *
 * <p>Two passes, rows then columns, each in fixed point with the result rounded back to 8 bits in between. Both add up
 * weighted lines of integers ({@link LineRing}), which the compiler turns into vector instructions: the column pass
 * adds rows, and the pass along rows adds columns, for which a band of rows is read column by column. The picture is
 * made in strips of a few hundred columns so that the lines of both passes stay in the processor's cache. No
 * intermediate picture exists.
 *
 * <p>A side that keeps its length needs no case of its own: all its weights are zero or one.
 */
public final class BicubicResize {

    private static final int CHANNELS = RgbImage.CHANNELS;
    private static final int STRIP_COLUMNS = 448;
    private static final int BAND_ROWS = 64;

    private final RgbImage image;
    private final BicubicKernel widths;
    private final BicubicKernel heights;
    private final byte[] target;
    private final LineRing columns; // of a band of source rows
    private final int[] column = new int[BAND_ROWS * CHANNELS];

    private BicubicResize(RgbImage image, int width, int height, BicubicKernel.Filter filter, byte[] target) {
        this.image = image;
        this.widths = BicubicKernel.of(image.width(), width, filter);
        this.heights = BicubicKernel.of(image.height(), height, filter);
        this.target = target;
        this.columns = new LineRing(widths.longest(), column.length);
    }

    /** Returns the image at another size; the same size returns the image itself. */
    public static RgbImage resize(RgbImage image, int width, int height) {
        return resize(image, width, height, PixelBuffers.none());
    }

    /** Returns the image at twice its width and height by Pillow's bilinear filter. */
    public static RgbImage doubled(RgbImage image) {
        int width = 2 * image.width();
        int height = 2 * image.height();
        return resize(image, width, height, BicubicKernel.Filter.BILINEAR, PixelBuffers.none());
    }

    /**
     * As above, with the pixels in an array of the given store, which the caller gives back when the result is no
     * longer used and is not the image itself.
     */
    static RgbImage resize(RgbImage image, int width, int height, PixelBuffers buffers) {
        return resize(image, width, height, BicubicKernel.Filter.BICUBIC, buffers);
    }

    private static RgbImage resize(
            RgbImage image, int width, int height, BicubicKernel.Filter filter, PixelBuffers buffers) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("cannot resize to " + width + "x" + height);
        }
        if (image.width() == width && image.height() == height) {
            return image;
        }
        byte[] target = buffers.take(RgbImage.byteCount(width, height));
        BicubicResize resize = new BicubicResize(image, width, height, filter, target);
        for (int left = 0; left < width; left += STRIP_COLUMNS) {
            resize.strip(left, Math.min(left + STRIP_COLUMNS, width));
        }
        return new RgbImage(width, height, target);
    }

    /** Makes the target columns from {@code left} up to {@code right}. */
    private void strip(int left, int right) {
        int[] row = new int[(right - left) * CHANNELS];
        LineRing rows = new LineRing(heights.longest() + BAND_ROWS, row.length);
        int nextRow = heights.firstSource();
        for (int y = 0; y < heights.size(); y++) {
            int end = heights.starts()[y] + heights.lengths()[y];
            while (nextRow < end) {
                int count = Math.min(BAND_ROWS, image.height() - nextRow);
                band(nextRow, count, left, right, rows);
                nextRow += count;
            }
            rows.weigh(heights, y, row);
            store(row, target, (y * widths.size() + left) * CHANNELS);
        }
    }

    /** Resizes a band of source rows along its rows and puts them into the ring. */
    private void band(int top, int count, int left, int right, LineRing rows) {
        int nextColumn = widths.starts()[left];
        for (int x = left; x < right; x++) {
            int end = widths.starts()[x] + widths.lengths()[x];
            for (; nextColumn < end; nextColumn++) {
                readColumn(nextColumn, top, count, columns.line(nextColumn));
            }
            columns.weigh(widths, x, column);
            for (int y = 0; y < count; y++) {
                copyPixel(column, y * CHANNELS, rows.line(top + y), (x - left) * CHANNELS);
            }
        }
    }

    private void readColumn(int x, int top, int count, int[] line) {
        byte[] pixels = image.pixels();
        int rowBytes = image.width() * CHANNELS;
        int at = top * rowBytes + x * CHANNELS;
        for (int i = 0; i < count * CHANNELS; i += CHANNELS, at += rowBytes) {
            line[i] = pixels[at] & 0xff;
            line[i + 1] = pixels[at + 1] & 0xff;
            line[i + 2] = pixels[at + 2] & 0xff;
        }
    }

    private static void copyPixel(int[] from, int at, int[] to, int target) {
        to[target] = from[at];
        to[target + 1] = from[at + 1];
        to[target + 2] = from[at + 2];
    }

    private static void store(int[] row, byte[] target, int at) {
        for (int i = 0; i < row.length; i++) {
            target[at + i] = (byte) row[i];
        }
    }
}
