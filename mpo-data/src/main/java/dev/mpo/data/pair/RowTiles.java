package dev.mpo.data.pair;

import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.image.ImageSize;
import dev.mpo.data.image.JpegDegradation;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.image.TileGrid;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiler;
import dev.mpo.data.image.Tiles;
import dev.mpo.data.jsonl.PreferenceRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The images of a row, cut into tiles.
 *
 * @param perImage the number of tiles of each image
 * @param tiles all tiles in order; empty when pixels were left out
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record RowTiles(int[] perImage, Tiles tiles) {

    /** Returns the number of tiles of all images. */
    public int count() {
        return Arrays.stream(perImage).sum();
    }

    /** Reads the sizes of a row's images and counts their tiles, without decoding them. */
    public static RowTiles counted(PairDataset dataset, PreferenceRow row, PairOptions options) {
        TileOptions tiles = tileOptions(dataset, row, options);
        int[] perImage = new int[row.images().size()];
        for (int i = 0; i < perImage.length; i++) {
            ImageSize size = ImageSize.read(dataset.image(row.images().get(i)));
            perImage[i] = TileGrid.tileCount(size.width(), size.height(), tiles);
        }
        return new RowTiles(perImage, Tiles.none(tiles.imageSize()));
    }

    /**
     * Decodes a row's images and cuts them.
     *
     * @param draw selects the random numbers of the augmentation
     */
    public static RowTiles decoded(PairDataset dataset, PreferenceRow row, PairOptions options, long draw) {
        TileOptions tileOptions = tileOptions(dataset, row, options);
        boolean augment =
                dataset.entry().dataAugment() && options.augmentationSeed().isPresent();
        SplittableRandom random =
                new SplittableRandom(31 * options.augmentationSeed().orElse(0) + draw);
        List<Tiles> parts = new ArrayList<>();
        for (String image : row.images()) {
            RgbImage decoded = ImageDecoder.decode(dataset.image(image), options.maxPixels());
            parts.add(
                    augment
                            ? Tiler.tile(decoded, tileOptions, tile -> degrade(tile, random))
                            : Tiler.tile(decoded, tileOptions));
        }
        int[] perImage = parts.stream().mapToInt(Tiles::count).toArray();
        return new RowTiles(perImage, parts.isEmpty() ? Tiles.none(tileOptions.imageSize()) : Tiles.concat(parts));
    }

    private static RgbImage degrade(RgbImage tile, SplittableRandom random) {
        int quality = random.nextInt(JpegDegradation.MIN_QUALITY, JpegDegradation.MAX_QUALITY + 1);
        return JpegDegradation.degrade(tile, quality);
    }

    /** Returns how the images of a row are cut: a data set may have its own limit, and images of a list share it. */
    public static TileOptions tileOptions(PairDataset dataset, PreferenceRow row, PairOptions options) {
        int limit = dataset.entry().maxDynamicPatch().orElse(options.tiles().maxTiles());
        // The images of a list share the limit; a list of one has it to itself either way.
        int perImage = row.imageList() ? Math.max(1, limit / row.images().size()) : limit;
        return options.tiles().withMaxTiles(perImage);
    }
}
