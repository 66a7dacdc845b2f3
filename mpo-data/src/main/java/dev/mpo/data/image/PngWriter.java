package dev.mpo.data.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes images as PNG files, losslessly. */
public final class PngWriter {

    private PngWriter() {}

    /** Writes an image to a file, replacing it. */
    public static void write(RgbImage image, Path file) throws IOException {
        Files.write(file, encode(image));
    }

    /** Returns an image as the bytes of a PNG file. */
    public static byte[] encode(RgbImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(asBufferedImage(image), "png", output)) {
                throw new IllegalStateException("this Java runtime has no PNG writer");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    /** Wraps an image's pixels, which are shared and not copied. */
    static BufferedImage asBufferedImage(RgbImage image) {
        DataBufferByte buffer = new DataBufferByte(image.pixels(), image.pixels().length);
        WritableRaster raster = Raster.createInterleavedRaster(
                buffer,
                image.width(),
                image.height(),
                image.width() * RgbImage.CHANNELS,
                RgbImage.CHANNELS,
                new int[] {0, 1, 2},
                null);
        ComponentColorModel colors = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        return new BufferedImage(colors, raster, false, null);
    }
}
