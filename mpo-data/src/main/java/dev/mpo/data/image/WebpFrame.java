package dev.mpo.data.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A frame of an animated WebP.
 *
 * @param left place on the canvas, as are the next three
 * @param blended whether the canvas shows through where the frame is transparent; otherwise it is replaced
 * @param disposed whether the frame's area becomes transparent before the next frame
 * @param hasAlpha whether the frame may be transparent anywhere
 * @param file the frame as a file of its own
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record WebpFrame(
        int left, int top, int width, int height, boolean blended, boolean disposed, boolean hasAlpha, byte[] file) {

    private static final int HEADER = 16;
    private static final int FEATURES = 10;
    private static final byte ALPHA_FLAG = 0x10;

    /**
     * Reads the content of an {@code ANMF} chunk.
     *
     * @throws IndexOutOfBoundsException if it ends too early
     */
    static WebpFrame read(byte[] webp, int from, int end) {
        int width = WebpFile.unsigned24(webp, from + 6) + 1;
        int height = WebpFile.unsigned24(webp, from + 9) + 1;
        int flags = webp[from + 15];
        int chunk = from + HEADER;
        boolean separate = WebpFile.tag(webp, chunk).equals("ALPH");
        int image = separate ? WebpFile.next(webp, chunk, end) : chunk;
        int imageEnd = WebpFile.next(webp, image, end);
        boolean lossless = WebpFile.tag(webp, image).equals("VP8L");
        // Behind the signature and two sizes of 14 bits the stream says whether it has alpha.
        boolean alpha = separate || (lossless && (webp[image + WebpFile.CHUNK_HEADER + 4] & 0x10) != 0);
        return new WebpFrame(
                2 * WebpFile.unsigned24(webp, from),
                2 * WebpFile.unsigned24(webp, from + 3),
                width,
                height,
                (flags & 2) == 0,
                (flags & 1) != 0,
                alpha,
                file(webp, chunk, imageEnd, separate, width, height));
    }

    private static byte[] file(byte[] webp, int from, int end, boolean extended, int width, int height) {
        int features = extended ? WebpFile.CHUNK_HEADER + FEATURES : 0;
        ByteBuffer file = ByteBuffer.allocate(WebpFile.RIFF_HEADER + features + end - from)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII));
        file.putInt(file.capacity() - WebpFile.CHUNK_HEADER);
        file.put("WEBP".getBytes(StandardCharsets.US_ASCII));
        if (extended) {
            file.put("VP8X".getBytes(StandardCharsets.US_ASCII)).putInt(FEATURES);
            file.put(ALPHA_FLAG).put(new byte[3]);
            put24(file, width - 1);
            put24(file, height - 1);
        }
        return file.put(webp, from, end - from).array();
    }

    private static void put24(ByteBuffer file, int value) {
        file.put((byte) value).put((byte) (value >> 8)).put((byte) (value >> 16));
    }

    /** Returns whether the frame covers a canvas of the given size. */
    boolean covers(int canvasWidth, int canvasHeight) {
        return width == canvasWidth && height == canvasHeight;
    }

    /** Returns whether a pixel of the canvas lies in the frame. */
    boolean contains(int x, int y) {
        return x >= left && x < left + width && y >= top && y < top + height;
    }
}
