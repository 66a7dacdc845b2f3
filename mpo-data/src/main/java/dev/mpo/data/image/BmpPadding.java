package dev.mpo.data.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Completes BMP files without compression that end too early: rows that are not all there become zeros. */
final class BmpPadding {

    private static final int HEADER_END = 34;
    private static final int UNCOMPRESSED = 0;
    private static final int BIT_FIELDS = 3;

    private BmpPadding() {}

    /** Returns the completed file, or null if it is whole or cannot be completed. */
    static byte @Nullable [] complete(byte[] bmp, long maxPixels) {
        if (bmp.length < HEADER_END) {
            return null;
        }
        ByteBuffer header = ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN);
        int data = header.getInt(10);
        int width = header.getInt(18);
        long height = Math.abs((long) header.getInt(22));
        int bits = header.getShort(28);
        int compression = header.getInt(30);
        boolean plain = compression == UNCOMPRESSED || compression == BIT_FIELDS;
        if (header.getInt(14) < 40 || !plain || width < 1 || bits < 1 || bits > 32 || data < HEADER_END) {
            return null;
        }
        long rowBytes = ((long) width * bits + 31) / 32 * 4;
        long whole = data + rowBytes * height;
        if (width * height > maxPixels || whole > Integer.MAX_VALUE - 8 || bmp.length >= whole || bmp.length < data) {
            return null;
        }
        long rows = (bmp.length - data) / rowBytes;
        return Arrays.copyOf(Arrays.copyOf(bmp, (int) (data + rows * rowBytes)), (int) whole);
    }
}
