package dev.mpo.data.image;

import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageReader;

/**
 * Decodes JPEG to the pixels that libjpeg gives Pillow.
 *
 * <p>Only the platform reader's raw components are used: its own colour conversion applies embedded profiles and a grey
 * gamma curve, which {@code convert('RGB')} does not.
 */
final class JpegDecoder {

    private JpegDecoder() {}

    /**
     * Decodes with a reader whose input is set to {@code jpeg}. What a file lacks at its end is grey, or in a
     * progressive file without detail.
     */
    static DecodedImage decode(ImageReader reader, byte[] jpeg) throws IOException {
        JpegHeader header = JpegHeader.parse(jpeg);
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        Raster raster = reader.readRaster(0, null);
        String damage = null;
        for (String warning : warnings) {
            if (warning.contains("premature end") || (header.progressive() && warning.contains("Truncated"))) {
                damage = "it ends before its last pixel (" + warning + ")";
            }
        }
        byte[] samples = interleavedSamples(raster);
        byte[] rgb = toRgb(samples, raster.getNumBands(), header.colorSpace());
        return new DecodedImage(new RgbImage(raster.getWidth(), raster.getHeight(), rgb), damage);
    }

    private static byte[] toRgb(byte[] samples, int numComponents, JpegHeader.ColorSpace colorSpace)
            throws IOException {
        return switch (numComponents) {
            case 1 -> JpegColors.fromGray(samples);
            case 3 -> {
                if (colorSpace != JpegHeader.ColorSpace.RGB) {
                    JpegColors.convertYcc(samples);
                }
                yield samples;
            }
            case 4 -> {
                int length = JpegColors.convertInvertedCmyk(samples, colorSpace == JpegHeader.ColorSpace.YCCK);
                yield Arrays.copyOf(samples, length);
            }
            default -> throw new IOException("a JPEG of " + numComponents + " components; 1, 3 and 4 are known");
        };
    }

    /** Returns the components pixel by pixel: the raster's own array when it is laid out so, else a copy. */
    private static byte[] interleavedSamples(Raster raster) {
        int bands = raster.getNumBands();
        int length = Math.toIntExact((long) raster.getWidth() * raster.getHeight() * bands);
        if (raster.getDataBuffer() instanceof DataBufferByte buffer
                && buffer.getNumBanks() == 1
                && buffer.getData().length == length
                && raster.getSampleModel() instanceof PixelInterleavedSampleModel model
                && model.getPixelStride() == bands
                && model.getBandOffsets()[0] == 0
                && model.getBandOffsets()[bands - 1] == bands - 1) {
            return buffer.getData();
        }
        return (byte[])
                raster.getDataElements(raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), null);
    }
}
