package dev.mpo.data.pair;

import dev.mpo.data.image.RgbImage;
import dev.mpo.data.image.Tiles;
import dev.mpo.data.source.Media;
import dev.mpo.data.video.Clip;
import dev.mpo.data.video.FrameFolder;
import dev.mpo.data.video.FrameSequence;
import dev.mpo.data.video.Video;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The frames of a row's video as tiles: each chosen frame, resized to the tile's square, is one. */
final class VideoTiles {

    private VideoTiles() {}

    /** Chooses frames without decoding any. */
    static RowTiles counted(Media media, @Nullable Clip clip, PairOptions options, long draw) {
        try (Video video = Video.open(media, clip, options.videos(), options.decoding())) {
            int[] ones = new int[choose(video, options, draw).length];
            Arrays.fill(ones, 1);
            return new RowTiles(ones, Tiles.none(options.tiles().imageSize()));
        }
    }

    /** Chooses and decodes frames. */
    static RowTiles decoded(Media media, @Nullable Clip clip, ImageTiling tiling, long draw, ImageWork work) {
        PairOptions options = tiling.options();
        try (Video video = Video.open(media, clip, options.videos(), options.decoding())) {
            int[] chosen = choose(video, options, draw);
            if (video instanceof FrameFolder folder) {
                return RowTiles.ofFiles(folder.files(chosen), tiling, draw, work);
            }
            FrameSequence sequence = (FrameSequence) video;
            work.reserve(() -> bytes(sequence, chosen.length, tiling));
            List<Tiles> parts = new ArrayList<>();
            sequence.read(
                    chosen,
                    frame -> parts.add(tiling.cut(frame, media.name(), 31 * draw + parts.size(), work.buffers())));
            return RowTiles.of(parts, work);
        }
    }

    private static int[] choose(Video video, PairOptions options, long draw) {
        @Nullable SplittableRandom random = options.augmentationSeed().isEmpty()
                ? null
                : new SplittableRandom(~(31 * options.augmentationSeed().getAsLong() + draw));
        return options.videos().choose(video.numFrames(), video.padded(), random);
    }

    /** Returns the memory of the tiles, the frame in work and what it is made from. */
    private static long bytes(FrameSequence video, int frames, ImageTiling tiling) {
        long side = tiling.tiles().imageSize();
        return frames * side * side * RgbImage.CHANNELS + 2 * video.numPixels() * Integer.BYTES;
    }
}
