package dev.mpo.data.image;

/**
 * Padding of an image to a centred square, the alternative to tiling in the reference's {@code pad2square}.
 *
 * <p>The side is the longer edge; an odd remainder goes to the right or the bottom.
 */
public final class SquarePadding {

    /** The reference's background: the ImageNet mean colour, truncated to whole levels. */
    public static final int BACKGROUND_RGB = (123 << 16) | (116 << 8) | 103;

    private SquarePadding() {}

    /** Returns the image on a square of the reference's background; a square image is returned as it is. */
    public static RgbImage pad(RgbImage image) {
        return pad(image, BACKGROUND_RGB);
    }

    /** Returns the image on a square of the colour {@code 0xRRGGBB}; a square image is returned as it is. */
    public static RgbImage pad(RgbImage image, int backgroundRgb) {
        int width = image.width();
        int height = image.height();
        if (width == height) {
            return image;
        }
        int side = Math.max(width, height);
        RgbImage square = RgbImage.filled(
                side, side, (backgroundRgb >> 16) & 0xff, (backgroundRgb >> 8) & 0xff, backgroundRgb & 0xff);
        image.copyOnto(square, (side - width) / 2, (side - height) / 2);
        return square;
    }
}
