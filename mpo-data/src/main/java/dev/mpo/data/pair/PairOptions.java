package dev.mpo.data.pair;

import dev.mpo.core.ConfigException;
import dev.mpo.data.image.DecodeOptions;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.video.VideoOptions;
import java.util.OptionalLong;

/**
 * How rows become pairs.
 *
 * @param tiles how images are cut; a data set's own {@code max_dynamic_patch} replaces the largest number of tiles
 * @param imageTokensPerTile how many visual tokens the model makes of a tile, 256 for the published models
 * @param maxSequenceLength the largest number of tokens of a prompt with one answer ({@code data.max_seq_length})
 * @param onTooLong what happens to longer pairs
 * @param decoding what image files are accepted
 * @param videos how videos become frames
 * @param augmentationSeed seed of what is drawn: the JPEG re-encoding that {@code data_augment} in a meta file asks
 *     for, and the frames of videos; empty draws nothing
 */
public record PairOptions(
        TileOptions tiles,
        int imageTokensPerTile,
        int maxSequenceLength,
        OnTooLong onTooLong,
        DecodeOptions decoding,
        VideoOptions videos,
        OptionalLong augmentationSeed) {

    /** Checks the ranges. */
    public PairOptions {
        if (imageTokensPerTile < 1) {
            throw new IllegalArgumentException("imageTokensPerTile " + imageTokensPerTile);
        }
        if (maxSequenceLength < 1) {
            throw new ConfigException("data.max_seq_length: expected at least 1, got " + maxSequenceLength);
        }
    }

    /** Returns options without augmentation and with the decoder's own limit of pixels. */
    public static PairOptions of(
            TileOptions tiles, int imageTokensPerTile, int maxSequenceLength, OnTooLong onTooLong) {
        return new PairOptions(
                tiles,
                imageTokensPerTile,
                maxSequenceLength,
                onTooLong,
                DecodeOptions.defaults(),
                VideoOptions.defaults(),
                OptionalLong.empty());
    }

    /** Returns the same options with other image files accepted. */
    public PairOptions withDecoding(DecodeOptions other) {
        return new PairOptions(
                tiles, imageTokensPerTile, maxSequenceLength, onTooLong, other, videos, augmentationSeed);
    }

    /** Returns the same options with another largest number of tokens. */
    public PairOptions withMaxSequenceLength(int limit) {
        return new PairOptions(tiles, imageTokensPerTile, limit, onTooLong, decoding, videos, augmentationSeed);
    }

    /** Returns the same options with another choice of frames. */
    public PairOptions withVideos(VideoOptions other) {
        return new PairOptions(
                tiles, imageTokensPerTile, maxSequenceLength, onTooLong, decoding, other, augmentationSeed);
    }

    /** Returns the same options with all images as they are and the same frames of a video every time. */
    public PairOptions withoutAugmentation() {
        return new PairOptions(
                tiles, imageTokensPerTile, maxSequenceLength, onTooLong, decoding, videos, OptionalLong.empty());
    }

    /**
     * Returns the same options with JPEG re-encoding where a meta file asks for it, and with frames, drawn by a seed.
     */
    public PairOptions withAugmentation(long seed) {
        return new PairOptions(
                tiles, imageTokensPerTile, maxSequenceLength, onTooLong, decoding, videos, OptionalLong.of(seed));
    }
}
