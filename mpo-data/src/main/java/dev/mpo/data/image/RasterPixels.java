package dev.mpo.data.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferInt;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.SinglePixelPackedSampleModel;

/**
 * The stored samples of a decoded picture as 8-bit RGB, with the meaning of Pillow's {@code convert('RGB')}.
 *
 * <p>No colour management takes place. Alpha is dropped, palettes are expanded, 16-bit colour keeps its high byte, and
 * one-channel pictures of more than 8 bits are clipped at 255 rather than scaled.
 */
final class RasterPixels {

    private static final int RGB = RgbImage.CHANNELS;

    private RasterPixels() {}

    /** Converts a picture; its array may become the result's. */
    static RgbImage toRgb(BufferedImage picture) {
        Raster raster = picture.getRaster();
        int width = picture.getWidth();
        int height = picture.getHeight();
        if (picture.getColorModel() instanceof IndexColorModel palette) {
            return new RgbImage(width, height, fromPalette(raster, colors(palette)));
        }
        if (picture.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
            return new RgbImage(width, height, fromCmyk(raster));
        }
        if (raster.getSampleModel() instanceof PixelInterleavedSampleModel model
                && raster.getDataBuffer() instanceof DataBufferByte buffer
                && buffer.getNumBanks() == 1) {
            return new RgbImage(width, height, fromInterleavedBytes(raster, model, buffer));
        }
        if (raster.getSampleModel() instanceof SinglePixelPackedSampleModel model
                && raster.getDataBuffer() instanceof DataBufferInt buffer
                && isEightBitRgb(model)) {
            return new RgbImage(width, height, fromPackedInts(raster, model, buffer));
        }
        return new RgbImage(width, height, fromAnySamples(raster));
    }

    /** Expands palette indices; {@code colors[i]} is the colour 0xRRGGBB of index {@code i}. */
    static byte[] fromPalette(Raster raster, int[] colors) {
        int width = raster.getWidth();
        byte[] rgb = new byte[RgbImage.byteCount(width, raster.getHeight())];
        int[] row = new int[width];
        int at = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
            for (int index : row) {
                at = put(rgb, at, colors[index]);
            }
        }
        return rgb;
    }

    private static int[] colors(IndexColorModel palette) {
        int[] colors = new int[Math.max(256, palette.getMapSize())]; // what the file leaves out is black
        palette.getRGBs(colors);
        return colors;
    }

    private static byte[] fromInterleavedBytes(
            Raster raster, PixelInterleavedSampleModel model, DataBufferByte buffer) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        byte[] data = buffer.getData();
        int[] offsets = model.getBandOffsets();
        int red = offsets[0];
        int green = offsets.length >= RGB ? offsets[1] : red;
        int blue = offsets.length >= RGB ? offsets[2] : red;
        int step = model.getPixelStride();
        int origin = buffer.getOffset()
                - raster.getSampleModelTranslateX() * step
                - raster.getSampleModelTranslateY() * model.getScanlineStride()
                + raster.getMinX() * step
                + raster.getMinY() * model.getScanlineStride();
        boolean asIs = step == RGB && red == 0 && green == 1 && blue == 2 && model.getScanlineStride() == width * RGB;
        if (asIs && origin == 0 && data.length == RgbImage.byteCount(width, height)) {
            return data;
        }
        byte[] rgb = new byte[RgbImage.byteCount(width, height)];
        int at = 0;
        for (int y = 0; y < height; y++) {
            int from = origin + y * model.getScanlineStride();
            for (int x = 0; x < width; x++, from += step, at += RGB) {
                rgb[at] = data[from + red];
                rgb[at + 1] = data[from + green];
                rgb[at + 2] = data[from + blue];
            }
        }
        return rgb;
    }

    private static boolean isEightBitRgb(SinglePixelPackedSampleModel model) {
        int[] masks = model.getBitMasks();
        return masks.length >= RGB && masks[0] == 0xff0000 && masks[1] == 0xff00 && masks[2] == 0xff;
    }

    private static byte[] fromPackedInts(Raster raster, SinglePixelPackedSampleModel model, DataBufferInt buffer) {
        int width = raster.getWidth();
        int[] data = buffer.getData();
        byte[] rgb = new byte[RgbImage.byteCount(width, raster.getHeight())];
        int at = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            int from = buffer.getOffset()
                    + model.getOffset(
                            raster.getMinX() - raster.getSampleModelTranslateX(),
                            raster.getMinY() + y - raster.getSampleModelTranslateY());
            for (int x = 0; x < width; x++) {
                at = put(rgb, at, data[from + x]);
            }
        }
        return rgb;
    }

    private static byte[] fromCmyk(Raster raster) {
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        byte[] rgb = new byte[RgbImage.byteCount(width, raster.getHeight())];
        int[] row = new int[Math.multiplyExact(width, bands)];
        int at = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int x = 0; x < row.length; x += bands) {
                int light = 255 - row[x + 3];
                for (int channel = 0; channel < RGB; channel++) {
                    rgb[at++] = (byte) JpegColors.fromInk(row[x + channel], light);
                }
            }
        }
        return rgb;
    }

    private static byte[] fromAnySamples(Raster raster) {
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        boolean colored = bands >= RGB;
        byte[] rgb = new byte[RgbImage.byteCount(width, raster.getHeight())];
        int[] bits = raster.getSampleModel().getSampleSize();
        boolean wide = raster.getSampleModel().getDataType() != DataBuffer.TYPE_BYTE;
        boolean clips = wide && bands == 1;
        int[] row = new int[Math.multiplyExact(width, bands)];
        int at = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int x = 0; x < row.length; x += bands) {
                for (int channel = 0; channel < RGB; channel++) {
                    int band = colored ? channel : 0;
                    int sample = row[x + band];
                    rgb[at++] = (byte) (clips ? Math.max(0, Math.min(sample, 255)) : toEightBits(sample, bits[band]));
                }
            }
        }
        return rgb;
    }

    private static int toEightBits(int sample, int bits) {
        if (bits < 8) {
            return sample * 255 / ((1 << bits) - 1);
        }
        return sample >>> (bits - 8);
    }

    private static int put(byte[] rgb, int at, int color) {
        rgb[at] = (byte) (color >> 16);
        rgb[at + 1] = (byte) (color >> 8);
        rgb[at + 2] = (byte) color;
        return at + RGB;
    }
}
