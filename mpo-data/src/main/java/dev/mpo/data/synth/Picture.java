package dev.mpo.data.synth;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * The description of one picture: what is on it, and so what can be asked about it. Two pictures are equal exactly when
 * they look the same.
 *
 * @param width columns in pixels
 * @param height rows in pixels
 * @param grey brightness of the plain background, 0 to 255
 * @param shapes the shapes in the order in which they are drawn; they do not overlap
 */
record Picture(int width, int height, int grey, List<Shape> shapes) {

    Picture {
        shapes = List.copyOf(shapes);
    }

    /** Returns the only shape of a picture that has one. */
    Shape only() {
        if (shapes.size() != 1) {
            throw new IllegalStateException("expected one shape, found " + shapes.size());
        }
        return shapes.get(0);
    }

    /** Draws the picture; needs no display. */
    BufferedImage draw() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        try {
            canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            canvas.setColor(new Color(grey, grey, grey));
            canvas.fillRect(0, 0, width, height);
            for (Shape shape : shapes) {
                canvas.setColor(shape.colour().paint());
                canvas.fill(shape.kind().outline(shape.centreX(), shape.centreY(), shape.radius()));
            }
        } finally {
            canvas.dispose();
        }
        return image;
    }

    /** Writes the picture as a PNG file. */
    void write(Path file) {
        try {
            if (!ImageIO.write(draw(), "png", file.toFile())) {
                throw new IllegalStateException("this Java runtime has no PNG writer (module java.desktop)");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the picture " + file, e);
        }
    }
}
