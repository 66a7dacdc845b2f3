package dev.mpo.data.image;

import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import org.jspecify.annotations.Nullable;

/**
 * Completes TIFF files without compression that end too early: rows that are not all there become black, or the first
 * colour of the palette. Pillow refuses other files that are cut short, and so does the reader.
 */
final class TiffPadding {

    private static final int WHITE_IS_ZERO = BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_WHITE_IS_ZERO;

    private TiffPadding() {}

    /**
     * Returns the completed file, or null if it is whole or cannot be completed.
     *
     * @param reader has the file as its input
     */
    static byte @Nullable [] complete(ImageReader reader, byte[] tiff) throws IOException {
        TIFFDirectory directory = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
        TIFFField offsets = directory.getTIFFField(BaselineTIFFTagSet.TAG_STRIP_OFFSETS);
        int compression = number(directory, BaselineTIFFTagSet.TAG_COMPRESSION, 1);
        if (offsets == null || compression != BaselineTIFFTagSet.COMPRESSION_NONE) {
            return null;
        }
        int height = reader.getHeight(0);
        int rowsPerStrip = Math.min(height, number(directory, BaselineTIFFTagSet.TAG_ROWS_PER_STRIP, height));
        boolean interleaved = number(directory, BaselineTIFFTagSet.TAG_PLANAR_CONFIGURATION, 1) == 1;
        int samples = interleaved ? number(directory, BaselineTIFFTagSet.TAG_SAMPLES_PER_PIXEL, 1) : 1;
        int bits = number(directory, BaselineTIFFTagSet.TAG_BITS_PER_SAMPLE, 1);
        long rowBytes = ((long) reader.getWidth(0) * samples * bits + 7) / 8;
        if (rowsPerStrip < 1 || rowBytes < 1) {
            return null;
        }
        int stripsPerPlane = (height + rowsPerStrip - 1) / rowsPerStrip;
        long whole = 0;
        long kept = tiff.length;
        for (int i = 0; i < offsets.getCount(); i++) {
            long start = offsets.getAsLong(i);
            int rows = Math.min(rowsPerStrip, height - i % stripsPerPlane * rowsPerStrip);
            whole = Math.max(whole, start + rows * rowBytes);
            if (start <= tiff.length && start + rows * rowBytes > tiff.length) {
                kept = start + (tiff.length - start) / rowBytes * rowBytes;
            }
        }
        if (whole <= tiff.length || whole > Integer.MAX_VALUE - 8) {
            return null;
        }
        byte[] completed = Arrays.copyOf(tiff, (int) whole);
        boolean inverted =
                number(directory, BaselineTIFFTagSet.TAG_PHOTOMETRIC_INTERPRETATION, WHITE_IS_ZERO) == WHITE_IS_ZERO;
        Arrays.fill(completed, (int) kept, completed.length, (byte) (inverted ? 0xff : 0));
        return completed;
    }

    private static int number(TIFFDirectory directory, int tag, int absent) {
        TIFFField field = directory.getTIFFField(tag);
        // The largest unsigned number stands for "all rows".
        return field == null ? absent : (int) Math.min(Integer.MAX_VALUE, field.getAsLong(0));
    }
}
