package dev.mpo.tools.report;

import dev.mpo.core.DataException;
import dev.mpo.data.image.DecodeOptions;
import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.source.Media;
import dev.mpo.data.source.MediaSource;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pictures small enough to live inside a page. */
final class Thumbnails {

    private static final Logger LOG = LoggerFactory.getLogger(Thumbnails.class);
    private static final int MAX_SIDE = 240;
    private static final int MAX_TILE_SIDE = 112;

    private Thumbnails() {}

    /**
     * Returns a picture as a data URI of a PNG at most 240 pixels a side; empty, with a warning, if unreadable.
     *
     * @param folder where a relative path starts
     * @param image a path, or a path in an archive; a URL is not followed
     */
    static Optional<String> dataUri(Path folder, String image) {
        try (MediaSource source = MediaSource.local()) {
            Media media = source.find(folder, image);
            BufferedImage picture = buffered(ImageDecoder.decode(media, DecodeOptions.defaults()));
            return Optional.of("data:image/png;base64," + encoded(shrunk(picture, MAX_SIDE), "png"));
        } catch (DataException e) {
            LOG.warn("{}; the report goes without it", e.getMessage());
            return Optional.empty();
        }
    }

    /** Returns a tile as a data URI of a JPEG at most 112 pixels a side. */
    static String dataUri(RgbImage tile) {
        return "data:image/jpeg;base64," + encoded(shrunk(buffered(tile), MAX_TILE_SIDE), "jpeg");
    }

    private static BufferedImage buffered(RgbImage tile) {
        BufferedImage image = new BufferedImage(tile.width(), tile.height(), BufferedImage.TYPE_INT_RGB);
        byte[] bytes = tile.pixels();
        for (int i = 0; i < tile.width() * tile.height(); i++) {
            int rgb = ((bytes[3 * i] & 0xff) << 16) | ((bytes[3 * i + 1] & 0xff) << 8) | (bytes[3 * i + 2] & 0xff);
            image.setRGB(i % tile.width(), i / tile.width(), rgb);
        }
        return image;
    }

    private static String encoded(BufferedImage image, String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static BufferedImage shrunk(BufferedImage image, int maxSide) {
        double scale = Math.min(1.0, maxSide / (double) Math.max(image.getWidth(), image.getHeight()));
        int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
        int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
        BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = small.createGraphics();
        canvas.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        canvas.drawImage(image, 0, 0, width, height, null);
        canvas.dispose();
        return small;
    }
}
