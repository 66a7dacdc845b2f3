package dev.mpo.data.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Decodes PNG straight to the pixels of Pillow's {@code convert('RGB')}.
 *
 * <p>Several times as fast as the platform's reader, which goes through rasters and colour models, and able to keep the
 * rows in front of the place where a file ends. The checksums of critical chunks are verified: a flipped bit in the
 * compressed pixels often still inflates, to a picture that is wrong from there on.
 */
final class PngDecoder {

    private static final int SIGNATURE = 8;
    private static final int LENGTH_AND_TYPE = 8;
    private static final int CHECKSUM = 4;
    private static final int MAX_COLORS = 256;

    /** Start and step of columns, then of rows, in the seven passes of an interlaced file. */
    private static final int[][] PASSES = {
        {0, 8, 0, 8}, {4, 8, 0, 8}, {0, 4, 4, 8}, {2, 4, 0, 4}, {0, 2, 2, 4}, {1, 2, 0, 2}, {0, 1, 1, 2}
    };

    private final byte[] png;
    private final ByteBuffer buffer;
    private final List<PngRows.Part> pixels = new ArrayList<>();
    private @Nullable PngHeader header;
    private final int[] palette = new int[MAX_COLORS]; // entries that the file leaves out are black in Pillow

    private PngDecoder(byte[] png) {
        this.png = png;
        this.buffer = ByteBuffer.wrap(png);
    }

    static DecodedImage decode(byte[] png, DecodeOptions options) throws IOException {
        PngDecoder decoder = new PngDecoder(png);
        decoder.readChunks();
        return decoder.decode(options);
    }

    private void readChunks() throws IOException {
        int at = SIGNATURE;
        while (at <= png.length - LENGTH_AND_TYPE) {
            int length = buffer.getInt(at);
            String type = new String(png, at + 4, 4, StandardCharsets.ISO_8859_1);
            int data = at + LENGTH_AND_TYPE;
            if (!type.equals("IDAT") && !pixels.isEmpty()) {
                return;
            }
            if (length < 0 || length > png.length - data - CHECKSUM) {
                if (type.equals("IDAT") && length >= 0) {
                    pixels.add(new PngRows.Part(data, Math.min(length, png.length - data)));
                    return;
                }
                throw new IOException("it ends within its " + type + " chunk at byte " + at);
            }
            verify(type, at, length);
            take(type, data, length);
            at = data + length + CHECKSUM;
        }
    }

    private void take(String type, int data, int length) throws IOException {
        if (header == null && !type.equals("IHDR")) {
            throw new IOException("its first chunk is " + type + ", not IHDR");
        }
        switch (type) {
            case "IHDR" -> header = PngHeader.read(buffer, data, length);
            case "PLTE" -> readPalette(data, length);
            case "IDAT" -> pixels.add(new PngRows.Part(data, length));
            default -> {}
        }
    }

    private void readPalette(int data, int length) {
        for (int i = 0; i < Math.min(length / 3, MAX_COLORS); i++) {
            int at = data + 3 * i;
            palette[i] = (png[at] & 0xff) << 16 | (png[at + 1] & 0xff) << 8 | (png[at + 2] & 0xff);
        }
    }

    /** Fails if the checksum of a critical chunk, one with an upper-case name, does not match. */
    private void verify(String type, int at, int length) throws IOException {
        if ((type.charAt(0) & 0x20) != 0) {
            return;
        }
        CRC32 crc = new CRC32();
        crc.update(png, at + 4, 4 + length);
        if ((int) crc.getValue() != buffer.getInt(at + LENGTH_AND_TYPE + length)) {
            throw new IOException("the checksum of its " + type + " chunk at byte " + at + " does not match");
        }
    }

    private DecodedImage decode(DecodeOptions options) throws IOException {
        PngHeader known = header;
        if (known == null || pixels.isEmpty()) {
            throw new IOException("it ends before its pixels begin");
        }
        PixelLimit.check(known.width(), known.height(), options.maxPixels());
        byte[] rgb = new byte[RgbImage.byteCount(known.width(), known.height())];
        PngPixels target = new PngPixels(known, palette, rgb);
        try (PngRows rows = new PngRows(png, pixels, known)) {
            long missing = known.interlaced() ? interlaced(rows, known, target) : plain(rows, known, target);
            String damage = missing == 0 ? null : missing + " rows of pixels are missing at its end";
            return new DecodedImage(new RgbImage(known.width(), known.height(), rgb), damage);
        }
    }

    private static int plain(PngRows rows, PngHeader header, PngPixels target) throws IOException {
        int done = rows.read(
                header.width(), header.height(), (row, at, y) -> target.put(row, at, header.width(), y, 0, 1));
        target.fillFrom(done);
        return header.height() - done;
    }

    private static int interlaced(PngRows rows, PngHeader header, PngPixels target) throws IOException {
        target.fillFrom(0);
        int missing = 0;
        for (int[] pass : PASSES) {
            int width = (header.width() - pass[0] + pass[1] - 1) / pass[1];
            int height = (header.height() - pass[2] + pass[3] - 1) / pass[3];
            if (width > 0 && height > 0) {
                int done = missing > 0
                        ? 0
                        : rows.read(
                                width,
                                height,
                                (row, at, y) -> target.put(row, at, width, pass[2] + y * pass[3], pass[0], pass[1]));
                missing += height - done;
            }
        }
        return missing;
    }
}
