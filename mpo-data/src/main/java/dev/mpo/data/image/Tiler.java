package dev.mpo.data.image;

import java.util.function.UnaryOperator;

/**
 * Cuts an image into the square tiles that the vision tower sees.
 *
 * <p>The whole image is resized to the grid of {@link TileGrid}, whatever that does to its proportions, and cut row by
 * row; the thumbnail, the whole image as one tile, comes last and only when there is more than one cell.
 */
public final class Tiler {

    private Tiler() {}

    /** Returns the tiles of an image. */
    public static Tiles tile(RgbImage image, TileOptions options) {
        return tile(image, options, PixelBuffers.none());
    }

    /** As above, with the pixels in an array of the given store. */
    public static Tiles tile(RgbImage image, TileOptions options, PixelBuffers buffers) {
        TileGrid grid = TileGrid.choose(image.width(), image.height(), options);
        int size = options.imageSize();
        boolean thumbnail = grid.cells() > 1 && options.useThumbnail();
        int count = grid.cells() + (thumbnail ? 1 : 0);
        byte[] pixels = buffers.take(Math.multiplyExact(count, Tiles.tileBytes(size)));
        RgbImage resized = BicubicResize.resize(image, grid.cols() * size, grid.rows() * size, buffers);
        int at = 0;
        for (int row = 0; row < grid.rows(); row++) {
            for (int col = 0; col < grid.cols(); col++) {
                at = crop(resized, col * size, row * size, size, pixels, at);
            }
        }
        giveBack(resized, image, buffers);
        if (thumbnail) {
            RgbImage whole = BicubicResize.resize(image, size, size, buffers);
            crop(whole, 0, 0, size, pixels, at);
            giveBack(whole, image, buffers);
        }
        return new Tiles(count, size, pixels);
    }

    private static void giveBack(RgbImage resized, RgbImage image, PixelBuffers buffers) {
        if (resized.pixels() != image.pixels()) { // resizing to the same size gives the image itself
            buffers.give(resized.pixels());
        }
    }

    /** As {@link #tile(RgbImage, TileOptions, UnaryOperator, PixelBuffers)}, in new memory. */
    public static Tiles tile(RgbImage image, TileOptions options, UnaryOperator<RgbImage> augmentation) {
        return tile(image, options, augmentation, PixelBuffers.none());
    }

    /**
     * Returns the tiles of an image with an augmentation applied where the reference applies it: to each tile when a
     * grid is used, and to the whole image before its resize when the options are not dynamic.
     *
     * @param augmentation must keep the size of what it is given, for instance {@link JpegDegradation#degrade} at a
     *     drawn quality; called once per tile in order
     */
    public static Tiles tile(
            RgbImage image, TileOptions options, UnaryOperator<RgbImage> augmentation, PixelBuffers buffers) {
        if (!options.dynamic()) {
            return tile(augmentation.apply(image), options, buffers);
        }
        Tiles tiles = tile(image, options, buffers);
        for (int i = 0; i < tiles.count(); i++) {
            RgbImage augmented = augmentation.apply(tiles.tile(i));
            crop(augmented, 0, 0, tiles.size(), tiles.pixels(), i * Tiles.tileBytes(tiles.size()));
        }
        return tiles;
    }

    /** Returns the whole image, padded to a square as in {@link SquarePadding}, as one tile. */
    public static Tiles padToSquare(RgbImage image, int imageSize) {
        RgbImage tile = BicubicResize.resize(SquarePadding.pad(image), imageSize, imageSize);
        return new Tiles(1, imageSize, tile.pixels());
    }

    private static int crop(RgbImage image, int left, int top, int size, byte[] target, int targetAt) {
        int rowBytes = size * RgbImage.CHANNELS;
        int at = targetAt;
        for (int y = 0; y < size; y++, at += rowBytes) {
            int from = ((top + y) * image.width() + left) * RgbImage.CHANNELS;
            System.arraycopy(image.pixels(), from, target, at, rowBytes);
        }
        return at;
    }
}
