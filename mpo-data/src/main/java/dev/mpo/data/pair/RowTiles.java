package dev.mpo.data.pair;

import dev.mpo.data.image.DecodedImage;
import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.image.ImageSize;
import dev.mpo.data.image.JpegDegradation;
import dev.mpo.data.image.PixelBuffers;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.image.TileGrid;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiler;
import dev.mpo.data.image.Tiles;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.source.Media;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

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
        return decoded(dataset, row, options, draw, ImageWork.INLINE);
    }

    /** As above, on the threads and in the memory of {@code work}. */
    static RowTiles decoded(PairDataset dataset, PreferenceRow row, PairOptions options, long draw, ImageWork work) {
        TileOptions tileOptions = tileOptions(dataset, row, options);
        if (row.images().isEmpty()) {
            return new RowTiles(new int[0], Tiles.none(tileOptions.imageSize()));
        }
        List<Media> images = row.images().stream().map(dataset::image).toList();
        List<byte[]> files = work.all(parts(images.size(), i -> images.get(i).read()));
        work.reserve(() -> bytes(files, tileOptions));
        List<Tiles> parts = work.all(parts(images.size(), i -> {
            RgbImage image = decode(files.get(i), images.get(i).name(), options);
            return tile(image, dataset, options, tileOptions, 31 * draw + i, work.buffers());
        }));
        int[] perImage = parts.stream().mapToInt(Tiles::count).toArray();
        return new RowTiles(perImage, Tiles.concat(parts, work.buffers()));
    }

    private static RgbImage decode(byte[] file, String name, PairOptions options) {
        DecodedImage decoded = ImageDecoder.decodeAll(file, name, options.decoding());
        if (decoded.damage() != null) {
            TruncatedImages.note(name, decoded.damage());
        }
        return decoded.image();
    }

    private static <T> List<Supplier<T>> parts(int count, IntFunction<T> part) {
        return IntStream.range(0, count)
                .<Supplier<T>>mapToObj(i -> () -> part.apply(i))
                .toList();
    }

    /** Returns the bytes of all tiles and of the decoded images; those whose headers do not tell count nothing. */
    private static long bytes(List<byte[]> files, TileOptions options) {
        long tile = (long) options.imageSize() * options.imageSize() * RgbImage.CHANNELS;
        long bytes = 0;
        for (byte[] file : files) {
            Optional<ImageSize> size = ImageSize.ofHeader(file);
            if (size.isPresent()) {
                int width = size.get().width();
                int height = size.get().height();
                bytes += (long) width * height * RgbImage.CHANNELS + tile * TileGrid.tileCount(width, height, options);
            }
        }
        return bytes;
    }

    private static Tiles tile(
            RgbImage image,
            PairDataset dataset,
            PairOptions options,
            TileOptions tileOptions,
            long draw,
            PixelBuffers buffers) {
        if (!dataset.entry().dataAugment() || options.augmentationSeed().isEmpty()) {
            return Tiler.tile(image, tileOptions, buffers);
        }
        SplittableRandom random =
                new SplittableRandom(31 * options.augmentationSeed().getAsLong() + draw);
        return Tiler.tile(image, tileOptions, tile -> degrade(tile, random), buffers);
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
