package dev.mpo.train.config;

import dev.mpo.data.image.DecodeOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code data.*}: which pairs are read and how they become tokens and tiles.
 *
 * @param meta meta files of the data sets; none until given
 * @param repeatTime by name of a data set, what replaces {@code repeat_time} of its meta file
 * @param template chat template; absent = the checkpoint's
 * @param shuffle whether pairs come in a seeded random order instead of file order
 * @param groupByLength whether pairs of similar length follow each other, and by what they are compared
 * @param lengthGroupSize how many pairs of similar length follow each other
 * @param minDynamicPatch fewest tiles per image
 * @param maxDynamicPatch most tiles per image, thumbnail not counted
 * @param useThumbnail whether an image of several tiles gets a thumbnail tile; absent = the checkpoint's choice
 * @param maxSeqLength tokens per answer sequence, image tokens included
 * @param numWorkers threads that read and tile images
 * @param prefetchBytes memory for the pixels of pairs that are prepared ahead of time
 * @param pathMap path prefixes in the meta file and what replaces them, in the order given
 * @param onBadSample what to do with a row that cannot be used
 * @param maxBadFraction share of bad rows beyond which the run stops
 * @param onTooLong what to do with a pair that exceeds maxSeqLength
 * @param pixelLimit most pixels per image
 * @param truncatedImages what to do with an image file that ends before its pixels do
 * @param urls whether and how images at URLs are read
 * @param video how videos become frames
 */
public record DataSettings(
        @OneOrMany List<String> meta,
        @Range(min = 0, max = 1e6) Map<String, Double> repeatTime,
        @Nullable String template,
        boolean shuffle,
        GroupByLength groupByLength,
        @Range(min = 1, max = 65536) int lengthGroupSize,
        @Range(min = 1) int minDynamicPatch,
        @Range(min = 1) int maxDynamicPatch,
        @Nullable Boolean useThumbnail,
        @Range(min = 2) int maxSeqLength,
        @Range(min = 1) int numWorkers,
        @Range(min = 1) long prefetchBytes,
        Map<String, String> pathMap,
        OnBadSample onBadSample,
        @Range(min = 0, max = 1) double maxBadFraction,
        OnTooLong onTooLong,
        @Range(min = 1) long pixelLimit,
        TruncatedImages truncatedImages,
        UrlSettings urls,
        VideoSettings video) {

    /** By what the lengths of pairs are compared. */
    public enum GroupByLength {
        /** Pairs are not grouped. */
        NONE,
        /** Bytes of the line, which cost nothing. */
        TEXT,
        /** Estimated tokens: tiles by the sizes in the headers of images, found once, and bytes of text. */
        TILES
    }

    /** What to do with a row that cannot be used. */
    public enum OnBadSample {
        /** Count and report it and take another row in its place. */
        REPLACE,
        /** Stop the run. */
        FAIL
    }

    /** What to do with a pair that exceeds the sequence length. */
    public enum OnTooLong {
        /** Shorten the answer and warn; image tokens are never cut. */
        CUT,
        /** Skip the pair. */
        DROP,
        /** Stop the run. */
        FAIL
    }

    /** What to do with an image file that ends before its pixels do. */
    public enum TruncatedImages {
        /** Complete it as Pillow does with LOAD_TRUNCATED_IMAGES, and warn. */
        USE,
        /** Its row is a bad one. */
        REFUSE
    }

    /** Returns what image files are accepted. */
    public DecodeOptions decoding() {
        return new DecodeOptions(pixelLimit, truncatedImages == TruncatedImages.USE);
    }

    /** Copies lists and maps, keeping their order. */
    public DataSettings {
        meta = List.copyOf(meta);
        repeatTime = Collections.unmodifiableMap(new LinkedHashMap<>(repeatTime));
        pathMap = Collections.unmodifiableMap(new LinkedHashMap<>(pathMap));
    }
}
