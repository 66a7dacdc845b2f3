package dev.mpo.data.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * The training-time augmentation that saves an image as JPEG and reads it back.
 *
 * <p>Baseline, 4:2:0, with libjpeg's quantisation tables for the quality. The reference draws the quality uniformly
 * from {@value #MIN_QUALITY} to {@value #MAX_QUALITY} for each tile.
 */
public final class JpegDegradation {

    /** The lowest quality that the augmentation draws. */
    public static final int MIN_QUALITY = 75;

    /** The highest quality that the augmentation draws, inclusive. */
    public static final int MAX_QUALITY = 100;

    private static final double TIE_NUDGE = 2e-5;

    private JpegDegradation() {}

    /** Returns an image of the same size after one round trip at a quality of 1 to 100. */
    public static RgbImage degrade(RgbImage image, int quality) {
        return ImageDecoder.decode(encode(image, quality), "(JPEG of quality " + quality + " in memory)");
    }

    /** Returns an image as the bytes of a JPEG file of quality 1 to 100. */
    public static byte[] encode(RgbImage image, int quality) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("a JPEG quality is 1 to 100, got " + quality);
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(output);
            writer.write(null, new IIOImage(PngWriter.asBufferedImage(image), null, null), settings(writer, quality));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static ImageWriteParam settings(ImageWriter writer, int quality) {
        ImageWriteParam settings = writer.getDefaultWriteParam();
        settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        settings.setCompressionQuality(writerQuality(quality));
        return settings;
    }

    /**
     * Returns the writer's quality (0..1) at which its tables are those of libjpeg at {@code quality}.
     *
     * <p>Both scale the standard tables by the same factor, but the writer computes it in float32 and so rounds some
     * entries that end in a half the other way. A nudge far below the spacing of the factors puts the half up again.
     */
    static float writerQuality(int quality) {
        int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        double factor = percent / 100.0 + TIE_NUDGE;
        return (float) (factor > 1 ? 0.5 / factor : 1 - factor / 2);
    }
}
