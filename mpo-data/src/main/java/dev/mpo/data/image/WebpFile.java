package dev.mpo.data.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The structure of an animated WebP file: the container is RIFF, with a {@code VP8X} chunk for the size of the canvas
 * and an {@code ANMF} chunk for each frame (WebP container specification).
 *
 * @param width of the canvas, in pixels
 * @param height of the canvas
 * @param frames at least one, none of them decoded
 */
record WebpFile(int width, int height, List<WebpFrame> frames) {

    static final int RIFF_HEADER = 12;
    static final int CHUNK_HEADER = 8;
    private static final int FLAGS = RIFF_HEADER + CHUNK_HEADER;
    private static final int ANIMATION_FLAG = 0x02;

    /** Whether a WebP file declares an animation. */
    static boolean isAnimated(byte[] webp) {
        return webp.length > FLAGS + 10 && tag(webp, RIFF_HEADER).equals("VP8X") && (webp[FLAGS] & ANIMATION_FLAG) != 0;
    }

    /** Reads an animated file. */
    static WebpFile read(byte[] webp) throws IOException {
        int width = unsigned24(webp, FLAGS + 4) + 1;
        int height = unsigned24(webp, FLAGS + 7) + 1;
        List<WebpFrame> frames = new ArrayList<>();
        try {
            long claimed = CHUNK_HEADER + (littleEndian(webp, 4) & 0xffff_ffffL);
            if (claimed > webp.length) {
                throw new IOException("it has " + webp.length + " of " + claimed + " bytes");
            }
            int end = (int) claimed;
            for (int at = RIFF_HEADER; end - at >= CHUNK_HEADER; at = next(webp, at, end)) {
                if (tag(webp, at).equals("ANMF")) {
                    frames.add(WebpFrame.read(webp, at + CHUNK_HEADER, next(webp, at, end)));
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw new IOException("a chunk of frame " + (frames.size() + 1) + " is cut off", e);
        }
        for (WebpFrame frame : frames) {
            if (frame.left() + frame.width() > width || frame.top() + frame.height() > height) {
                throw new IOException("a frame sticks out of the canvas");
            }
        }
        if (frames.isEmpty()) {
            throw new IOException("it has no frame");
        }
        return new WebpFile(width, height, List.copyOf(frames));
    }

    /** Returns where the chunk after a chunk starts. */
    static int next(byte[] webp, int chunk, int end) {
        int length = littleEndian(webp, chunk + 4);
        if (length < 0 || length > end - chunk - CHUNK_HEADER) {
            throw new IndexOutOfBoundsException("a chunk of " + length + " bytes at " + chunk);
        }
        return Math.min(end, chunk + CHUNK_HEADER + length + (length & 1));
    }

    private static int littleEndian(byte[] webp, int at) {
        return ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    static String tag(byte[] webp, int at) {
        return new String(webp, at, 4, StandardCharsets.US_ASCII);
    }

    static int unsigned24(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16;
    }
}
