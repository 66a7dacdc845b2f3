package dev.mpo.eval.generate;

import dev.mpo.core.tensor.Device;
import dev.mpo.train.config.TrainSettings;
import org.jspecify.annotations.Nullable;

/**
 * How a checkpoint is used for generation.
 *
 * @param maxTiles most tiles of an image, the thumbnail not counted; null for the checkpoint's own
 * @param maxConcurrent how many answers are computed at once
 * @param stopAtEndOfTurn whether the template's end of turn ends an answer
 * @param precision the type to compute in
 * @param numWorkers threads that read and cut images ahead
 * @param deviceIndex which of the CUDA devices to use, where there are any
 */
public record ChatOptions(
        @Nullable Integer maxTiles,
        int maxConcurrent,
        boolean stopAtEndOfTurn,
        TrainSettings.Precision precision,
        int numWorkers,
        int deviceIndex) {

    /** Returns the checkpoint's own tiling, 8 answers at once, and an end at the end of turn. */
    public static ChatOptions defaults() {
        return new ChatOptions(null, 8, true, TrainSettings.Precision.AUTO, 1, 0);
    }

    /** Returns these options with another largest number of tiles. */
    public ChatOptions withMaxTiles(int value) {
        return new ChatOptions(value, maxConcurrent, stopAtEndOfTurn, precision, numWorkers, deviceIndex);
    }

    /** Returns these options with another number of answers at once. */
    public ChatOptions withMaxConcurrent(int value) {
        return new ChatOptions(maxTiles, value, stopAtEndOfTurn, precision, numWorkers, deviceIndex);
    }

    /** Returns these options with answers that go on after the end of turn. */
    public ChatOptions withoutEndOfTurn() {
        return new ChatOptions(maxTiles, maxConcurrent, false, precision, numWorkers, deviceIndex);
    }

    /** Returns these options with another number of threads that prepare images. */
    public ChatOptions withNumWorkers(int value) {
        return new ChatOptions(maxTiles, maxConcurrent, stopAtEndOfTurn, precision, value, deviceIndex);
    }

    /** Returns these options with another CUDA device and another type. */
    public ChatOptions on(int device, TrainSettings.Precision type) {
        return new ChatOptions(maxTiles, maxConcurrent, stopAtEndOfTurn, type, numWorkers, device);
    }

    /** Returns the CUDA device. */
    Device device() {
        return new Device("cuda:" + deviceIndex);
    }
}
