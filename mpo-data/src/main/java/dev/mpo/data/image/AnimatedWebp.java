package dev.mpo.data.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Takes the first frame out of an animated WebP, which the WebP reader itself refuses.
 *
 * <p>The container is RIFF: a {@code VP8X} chunk with the canvas size, then one {@code ANMF} chunk per frame with its
 * place and its image chunk. Around a frame the canvas is transparent black, and alpha is dropped.
 */
final class AnimatedWebp {

    /** The first frame as a file of its own, and its place on the canvas in pixels. */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    record Frame(int canvasWidth, int canvasHeight, int left, int top, byte[] file) {

        /** Returns the decoded frame on its canvas. */
        RgbImage onCanvas(RgbImage image) throws IOException {
            if (left == 0 && top == 0 && image.width() == canvasWidth && image.height() == canvasHeight) {
                return image;
            }
            if (left + image.width() > canvasWidth || top + image.height() > canvasHeight) {
                throw new IOException("the first frame sticks out of the canvas");
            }
            RgbImage canvas = RgbImage.filled(canvasWidth, canvasHeight, 0, 0, 0);
            image.copyOnto(canvas, left, top);
            return canvas;
        }
    }

    private static final int RIFF_HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int FRAME_HEADER = 16;
    private static final int FLAGS = RIFF_HEADER + CHUNK_HEADER;
    private static final int ANIMATION_FLAG = 0x02;

    private AnimatedWebp() {}

    /** Whether a WebP file declares an animation. */
    static boolean isAnimated(byte[] webp) {
        return webp.length > FLAGS + 10 && tag(webp, RIFF_HEADER).equals("VP8X") && (webp[FLAGS] & ANIMATION_FLAG) != 0;
    }

    /** Finds the first frame. */
    static Frame firstFrame(byte[] webp) throws IOException {
        try {
            int frame = find(webp, RIFF_HEADER, "ANMF") + CHUNK_HEADER;
            int chunks = frame + FRAME_HEADER;
            int image = tag(webp, chunks).equals("ALPH") ? next(webp, chunks) : chunks;
            int end = next(webp, image);
            ByteBuffer file = ByteBuffer.allocate(RIFF_HEADER + end - image).order(ByteOrder.LITTLE_ENDIAN);
            file.put("RIFF".getBytes(StandardCharsets.US_ASCII));
            file.putInt(file.capacity() - CHUNK_HEADER);
            file.put("WEBP".getBytes(StandardCharsets.US_ASCII));
            file.put(webp, image, end - image);
            return new Frame(
                    unsigned24(webp, FLAGS + 4) + 1,
                    unsigned24(webp, FLAGS + 7) + 1,
                    2 * unsigned24(webp, frame),
                    2 * unsigned24(webp, frame + 3),
                    file.array());
        } catch (IndexOutOfBoundsException e) {
            throw new IOException("the animation ends before its first frame does", e);
        }
    }

    private static int find(byte[] webp, int from, String name) {
        int at = from;
        while (!tag(webp, at).equals(name)) {
            at = next(webp, at);
        }
        return at;
    }

    private static int next(byte[] webp, int chunk) {
        int length = ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).getInt(chunk + 4);
        if (length < 0 || length > webp.length - chunk - CHUNK_HEADER) {
            throw new IndexOutOfBoundsException("a chunk of " + length + " bytes at " + chunk);
        }
        return chunk + CHUNK_HEADER + length + (length & 1);
    }

    private static String tag(byte[] webp, int at) {
        return new String(webp, at, 4, StandardCharsets.US_ASCII);
    }

    private static int unsigned24(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16;
    }
}
