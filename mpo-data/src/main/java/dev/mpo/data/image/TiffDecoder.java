package dev.mpo.data.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;

/**
 * Decodes the first page of a TIFF.
 *
 * <p>Colour maps hold 16-bit entries. Pillow keeps their high bytes, whereas the platform reader scales them.
 */
final class TiffDecoder {

    private TiffDecoder() {}

    /** Decodes with a reader whose input is set. */
    static RgbImage decode(ImageReader reader) throws IOException {
        BufferedImage picture = reader.read(0);
        if (!(picture.getColorModel() instanceof IndexColorModel)) {
            return RasterPixels.toRgb(picture);
        }
        TIFFField colorMap = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0))
                .getTIFFField(BaselineTIFFTagSet.TAG_COLOR_MAP);
        if (colorMap == null) {
            return RasterPixels.toRgb(picture);
        }
        int[] colors = new int[colorMap.getCount() / RgbImage.CHANNELS];
        for (int i = 0; i < colors.length; i++) {
            int red = colorMap.getAsInt(i) >> 8;
            int green = colorMap.getAsInt(colors.length + i) >> 8;
            int blue = colorMap.getAsInt(2 * colors.length + i) >> 8;
            colors[i] = red << 16 | green << 8 | blue;
        }
        byte[] rgb = RasterPixels.fromPalette(picture.getRaster(), colors);
        return new RgbImage(picture.getWidth(), picture.getHeight(), rgb);
    }
}
