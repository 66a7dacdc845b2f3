package dev.mpo.train.generate;

import dev.mpo.train.config.TrainSettings;
import org.jspecify.annotations.Nullable;

/**
 * How a checkpoint is used for generation.
 *
 * @param maxTiles most tiles of an image, the thumbnail not counted; null for the checkpoint's own
 * @param maxConcurrent how many answers are computed at once
 * @param stopAtEndOfTurn whether the template's end of turn ends an answer
 * @param precision the type to compute in
 */
public record ChatOptions(
        @Nullable Integer maxTiles, int maxConcurrent, boolean stopAtEndOfTurn, TrainSettings.Precision precision) {

    /** Returns the checkpoint's own tiling, 8 answers at once, and an end at the end of turn. */
    public static ChatOptions defaults() {
        return new ChatOptions(null, 8, true, TrainSettings.Precision.AUTO);
    }

    /** Returns these options with another largest number of tiles. */
    public ChatOptions withMaxTiles(int value) {
        return new ChatOptions(value, maxConcurrent, stopAtEndOfTurn, precision);
    }

    /** Returns these options with another number of answers at once. */
    public ChatOptions withMaxConcurrent(int value) {
        return new ChatOptions(maxTiles, value, stopAtEndOfTurn, precision);
    }

    /** Returns these options with answers that go on after the end of turn. */
    public ChatOptions withoutEndOfTurn() {
        return new ChatOptions(maxTiles, maxConcurrent, false, precision);
    }
}
