package dev.mpo.data.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Verifies the checksums of a PNG's critical chunks, which the platform reader does not look at.
 *
 * <p>A flipped bit in the compressed pixels often still inflates, to a picture that is wrong from there on.
 */
final class PngChecksums {

    private static final int SIGNATURE = 8;
    private static final int LENGTH_AND_TYPE = 8;
    private static final int CHECKSUM = 4;

    private PngChecksums() {}

    /** Fails at the first damaged critical chunk; a file that ends early is left to the decoder. */
    static void verify(byte[] png) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(png);
        int at = SIGNATURE;
        while (at <= png.length - LENGTH_AND_TYPE - CHECKSUM) {
            int length = buffer.getInt(at);
            if (length < 0 || length > png.length - at - LENGTH_AND_TYPE - CHECKSUM) {
                return;
            }
            int checksumAt = at + LENGTH_AND_TYPE + length;
            if (isCritical(png[at + 4]) && checksum(png, at + 4, checksumAt) != buffer.getInt(checksumAt)) {
                String type = new String(png, at + 4, 4, StandardCharsets.ISO_8859_1);
                throw new IOException("the checksum of its " + type + " chunk at byte " + at + " does not match");
            }
            at = checksumAt + CHECKSUM;
        }
    }

    /** Upper-case names are critical chunks. */
    private static boolean isCritical(byte firstLetter) {
        return (firstLetter & 0x20) == 0;
    }

    private static int checksum(byte[] png, int from, int to) {
        CRC32 crc = new CRC32();
        crc.update(png, from, to - from);
        return (int) crc.getValue();
    }
}
