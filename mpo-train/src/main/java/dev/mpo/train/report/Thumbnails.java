package dev.mpo.train.report;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
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

    private Thumbnails() {}

    /**
     * Returns a picture file as a data URI of a PNG at most 240 pixels a side; empty, with a warning, if unreadable.
     */
    static Optional<String> dataUri(Path file) {
        try {
            BufferedImage image = Files.exists(file) ? ImageIO.read(file.toFile()) : null;
            if (image == null) {
                LOG.warn("{}: no picture that can be shown; the report goes without it", file);
                return Optional.empty();
            }
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(shrunk(image), "png", png);
            return Optional.of("data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray()));
        } catch (IOException e) {
            LOG.warn("{}: cannot be read ({}); the report goes without it", file, e.getMessage());
            return Optional.empty();
        }
    }

    private static BufferedImage shrunk(BufferedImage image) {
        double scale = Math.min(1.0, MAX_SIDE / (double) Math.max(image.getWidth(), image.getHeight()));
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
