package dev.mpo.data.image;

import dev.mpo.data.source.Media;
import dev.mpo.data.source.MediaSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The size of an image in pixels, as {@link ImageDecoder} would decode it.
 *
 * @param width pixels per row
 * @param height rows
 */
public record ImageSize(int width, int height) {

    private static final int SIGNATURE_BYTES = 32;

    /**
     * Reads the size from a file's header; the pixels are decoded only if the header does not tell.
     *
     * @throws dev.mpo.core.DataException if the file is missing or not an image
     */
    public static ImageSize read(Path file) {
        MediaSource.file(file).requirePresent(); // a device or pipe might never end
        try (FileImageInputStream input = new FileImageInputStream(file.toFile())) {
            byte[] signature = new byte[SIGNATURE_BYTES];
            int length = Math.max(0, input.read(signature));
            ImageFormat format = ImageFormat.of(Arrays.copyOf(signature, length));
            // The frames of a GIF may stick out of the size in its header.
            if (format != null && format != ImageFormat.GIF) {
                input.seek(0);
                return read(ImageDecoder.reader(format), input);
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            // Decoding below says what is wrong in the words that users know.
        }
        RgbImage image = ImageDecoder.decode(file);
        return new ImageSize(image.width(), image.height());
    }

    /**
     * As {@link #read(Path)}, of what a row names; the bytes of what is no file of its own are read whole.
     *
     * @throws dev.mpo.core.DataException if there is nothing, or no image
     */
    public static ImageSize read(Media media) {
        return media.localPath().map(ImageSize::read).orElseGet(() -> read(media.read(), media.name()));
    }

    /**
     * Reads the size from the bytes of a file.
     *
     * @param where names the file in messages
     * @throws dev.mpo.core.DataException if they are not an image
     */
    public static ImageSize read(byte[] bytes, String where) {
        // The frames of a GIF may stick out of the size in its header.
        Optional<ImageSize> size = ImageFormat.of(bytes) == ImageFormat.GIF ? Optional.empty() : ofHeader(bytes);
        if (size.isPresent()) {
            return size.get();
        }
        RgbImage image = ImageDecoder.decode(bytes, where);
        return new ImageSize(image.width(), image.height());
    }

    /** Returns the size that the header in the bytes of a file tells, if it does; nothing is decoded. */
    public static Optional<ImageSize> ofHeader(byte[] bytes) {
        ImageFormat format = ImageFormat.of(bytes);
        if (format == null) {
            return Optional.empty();
        }
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            return Optional.of(read(ImageDecoder.reader(format), input));
        } catch (IOException | RuntimeException | LinkageError e) {
            return Optional.empty();
        }
    }

    private static ImageSize read(ImageReader reader, ImageInputStream input) throws IOException {
        try {
            reader.setInput(input, false, true);
            return new ImageSize(reader.getWidth(0), reader.getHeight(0));
        } finally {
            reader.dispose();
        }
    }
}
