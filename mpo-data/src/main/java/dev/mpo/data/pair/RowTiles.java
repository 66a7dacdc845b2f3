package dev.mpo.data.pair;

import dev.mpo.data.image.ImageSize;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.image.TileGrid;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiles;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.source.Media;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The images of a row, or the frames of its video, cut into tiles.
 *
 * @param perImage the number of tiles of each image; 1 for a frame
 * @param tiles all tiles in order; empty when pixels were left out
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record RowTiles(int[] perImage, Tiles tiles) {

    /** Returns the number of tiles of all images. */
    public int count() {
        return Arrays.stream(perImage).sum();
    }

    /**
     * Reads the sizes of a row's images, or the number of its video's frames, and counts tiles without decoding them.
     *
     * @param draw selects the random numbers that choose frames
     */
    public static RowTiles counted(PairDataset dataset, PreferenceRow row, PairOptions options, long draw) {
        TileOptions tiles = tileOptions(dataset, row, options);
        String video = row.shownVideo();
        if (video != null) {
            return VideoTiles.counted(dataset.media(video), row.clip(), options, draw);
        }
        int[] perImage = new int[row.images().size()];
        for (int i = 0; i < perImage.length; i++) {
            ImageSize size = ImageSize.read(dataset.media(row.images().get(i)));
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
        ImageTiling tiling =
                new ImageTiling(options, tileOptions, dataset.entry().dataAugment());
        String video = row.shownVideo();
        if (video != null) {
            return VideoTiles.decoded(dataset.media(video), row.clip(), tiling, draw, work);
        }
        if (row.images().isEmpty()) {
            return new RowTiles(new int[0], Tiles.none(tileOptions.imageSize()));
        }
        return ofFiles(row.images().stream().map(dataset::media).toList(), tiling, draw, work);
    }

    /** Decodes image files and cuts them. */
    static RowTiles ofFiles(List<Media> images, ImageTiling tiling, long draw, ImageWork work) {
        List<byte[]> files = work.all(parts(images.size(), i -> images.get(i).read()));
        work.reserve(() -> bytes(files, tiling.tiles()));
        List<Tiles> parts = work.all(parts(
                images.size(), i -> tiling.cut(files.get(i), images.get(i).name(), 31 * draw + i, work.buffers())));
        return of(parts, work);
    }

    /** Joins the tiles of several images. */
    static RowTiles of(List<Tiles> parts, ImageWork work) {
        int[] perImage = parts.stream().mapToInt(Tiles::count).toArray();
        return new RowTiles(perImage, Tiles.concat(parts, work.buffers()));
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

    /**
     * Returns how the images of a row are cut: a data set may have its own limit, images of a list share it, and a
     * frame of a video is one tile.
     */
    public static TileOptions tileOptions(PairDataset dataset, PreferenceRow row, PairOptions options) {
        if (row.shownVideo() != null) {
            return options.tiles().withoutGrid();
        }
        int limit = dataset.entry().maxDynamicPatch().orElse(options.tiles().maxTiles());
        // The images of a list share the limit; a list of one has it to itself either way.
        int perImage = row.imageList() ? Math.max(1, limit / row.images().size()) : limit;
        return options.tiles().withMaxTiles(perImage);
    }
}
