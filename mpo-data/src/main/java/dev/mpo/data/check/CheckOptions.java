package dev.mpo.data.check;

import dev.mpo.data.image.DecodeOptions;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.video.VideoOptions;
import org.jspecify.annotations.Nullable;

/**
 * How rows are checked.
 *
 * @param reserved strings that should not stand in texts
 * @param decode whether every image is decoded, each file once
 * @param decoding what image files are accepted
 * @param videos how frames are found
 * @param encoder encodes rows to find those that are too long; null leaves lengths unchecked; borrowed
 * @param numWorkers threads that check rows
 */
public record CheckOptions(
        ReservedStrings reserved,
        boolean decode,
        DecodeOptions decoding,
        VideoOptions videos,
        @Nullable PairEncoder encoder,
        int numWorkers) {

    /** Checks the range. */
    public CheckOptions {
        if (numWorkers < 1) {
            throw new IllegalArgumentException("numWorkers " + numWorkers);
        }
    }

    /** Returns options that need no model, with one thread for each processor. */
    public static CheckOptions withoutModel() {
        return new CheckOptions(
                ReservedStrings.published(),
                false,
                DecodeOptions.defaults(),
                VideoOptions.defaults(),
                null,
                Runtime.getRuntime().availableProcessors());
    }

    /** Returns the same options with every image decoded, or not. */
    public CheckOptions withDecode(boolean all) {
        return new CheckOptions(reserved, all, decoding, videos, encoder, numWorkers);
    }

    /** Returns the same options with another encoder. */
    public CheckOptions withEncoder(@Nullable PairEncoder other) {
        return new CheckOptions(reserved, decode, decoding, videos, other, numWorkers);
    }
}
