package dev.mpo.data.image;

import dev.mpo.core.ConfigException;

/**
 * How an image is cut into tiles.
 *
 * @param imageSize side of a tile in pixels ({@code model.image_size}, 448 in the published models)
 * @param minTiles smallest number of grid cells, the thumbnail not counted ({@code data.min_dynamic_patch})
 * @param maxTiles largest number of grid cells, the thumbnail not counted ({@code data.max_dynamic_patch}); a maximum
 *     below the minimum leaves no candidate grid and gives one tile, as in the reference
 * @param useThumbnail whether the whole image, resized to one tile, is added last when there is more than one cell
 * @param dynamic whether to choose a grid at all; false resizes the whole image to one tile
 */
public record TileOptions(int imageSize, int minTiles, int maxTiles, boolean useThumbnail, boolean dynamic) {

    /** The largest accepted number of cells; beyond it the grid search and the tiles themselves stop being sensible. */
    public static final int MAX_CELLS = 10_000;

    /** Checks the ranges. */
    public TileOptions {
        requireRange("image_size", imageSize, 1, 16_384);
        requireRange("min_dynamic_patch", minTiles, 1, MAX_CELLS);
        requireRange("max_dynamic_patch", maxTiles, 1, MAX_CELLS);
    }

    /** Returns the published models' settings: 448 pixels, 1 to 12 cells, thumbnail on. */
    public static TileOptions defaults() {
        return new TileOptions(448, 1, 12, true, true);
    }

    /** Returns the same options with another largest number of cells. */
    public TileOptions withMaxTiles(int newMaxTiles) {
        return new TileOptions(imageSize, minTiles, newMaxTiles, useThumbnail, dynamic);
    }

    /** Returns the same options with another tile side in pixels. */
    public TileOptions withImageSize(int newImageSize) {
        return new TileOptions(newImageSize, minTiles, maxTiles, useThumbnail, dynamic);
    }

    /** Returns the same options with the whole image as one tile. */
    public TileOptions withoutGrid() {
        return new TileOptions(imageSize, minTiles, maxTiles, useThumbnail, false);
    }

    private static void requireRange(String key, int value, int low, int high) {
        if (value < low || value > high) {
            throw new ConfigException(key + ": expected a whole number from " + low + " to " + high + ", got " + value);
        }
    }
}
