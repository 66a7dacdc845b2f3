package dev.mpo.data.image;

import java.io.IOException;

/**
 * The frames of an animated GIF or WebP file, as Pillow shows them: seek to a frame and {@code convert('RGB')}. A file
 * with a single picture has one frame.
 *
 * <p>Frames build on each other, so they come in order only. Use from one thread.
 */
public final class Animation {

    private final ImageFormat format;
    private final int fileLength;
    private final String where;
    private final DecodeOptions options;
    private final FrameCanvas canvas;

    private Animation(ImageFormat format, byte[] bytes, String where, DecodeOptions options) {
        this.format = format;
        this.fileLength = bytes.length;
        this.where = where;
        this.options = options;
        this.canvas = ImageDecoder.guarded(format, bytes.length, where, () -> canvas(format, bytes, options));
    }

    private static FrameCanvas canvas(ImageFormat format, byte[] bytes, DecodeOptions options) throws IOException {
        return format == ImageFormat.GIF ? new GifCanvas(bytes, options) : new WebpCanvas(bytes, options);
    }

    /** Returns whether a file is one of the kinds that this class reads, by its first bytes; 12 are enough. */
    public static boolean isSupported(byte[] bytes) {
        ImageFormat format = ImageFormat.of(bytes);
        return format == ImageFormat.GIF || format == ImageFormat.WEBP;
    }

    /**
     * Reads the structure of a file; no frame is decoded yet.
     *
     * @param where names the file in errors
     * @throws dev.mpo.core.DataException if it is damaged, or larger than the options allow
     * @throws IllegalArgumentException unless the file {@linkplain #isSupported is supported}
     */
    public static Animation open(byte[] bytes, String where, DecodeOptions options) {
        ImageFormat format = ImageFormat.of(bytes);
        if (format == null || !isSupported(bytes)) {
            throw new IllegalArgumentException(where + " is neither GIF nor WebP");
        }
        return new Animation(format, bytes, where, options);
    }

    /** Returns the number of frames, at least 1. */
    public int numFrames() {
        return canvas.numFrames();
    }

    /** Returns the number of pixels of a frame, as the file's header tells. */
    public long numPixels() {
        return canvas.numPixels();
    }

    /**
     * Draws the next frame, which the frames after it build on.
     *
     * @throws dev.mpo.core.DataException if it is damaged
     */
    public void skip() {
        ImageDecoder.guarded(format, fileLength, where, () -> {
            canvas.draw();
            return canvas;
        });
    }

    /**
     * Draws the next frame and returns it.
     *
     * @throws dev.mpo.core.DataException if it is damaged
     */
    public DecodedImage next() {
        return ImageDecoder.guarded(format, fileLength, where, () -> {
            canvas.draw();
            return ImageDecoder.accepted(canvas.show(), options);
        });
    }
}
