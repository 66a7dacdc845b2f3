package dev.mpo.data.video;

import dev.mpo.core.ConfigException;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How videos become frames.
 *
 * @param minFrames the smallest number of frames that is drawn ({@code data.video.min_num_frame})
 * @param maxFrames the largest number of frames of a video ({@code data.video.max_num_frame})
 * @param sampling how frames are chosen ({@code data.video.sampling_method})
 * @param ffmpeg name or path of the program that decodes what is neither a folder nor an animation
 *     ({@code data.video.ffmpeg}); {@code ffprobe} lies beside it
 */
public record VideoOptions(int minFrames, int maxFrames, FrameSampling sampling, String ffmpeg) {

    /** Checks the ranges. */
    public VideoOptions {
        if (minFrames < 1 || maxFrames < minFrames) {
            throw new ConfigException("data.video.min_num_frame: expected from 1 to data.video.max_num_frame, "
                    + maxFrames + ", got " + minFrames);
        }
    }

    /** Returns the reference trainer's choice: 8 to 32 frames, drawn. */
    public static VideoOptions defaults() {
        return new VideoOptions(8, 32, FrameSampling.RAND, "ffmpeg");
    }

    /**
     * Chooses frames of a video, ascending.
     *
     * <p>With {@link FrameSampling#RAND} and a generator, a number from {@code minFrames} to {@code maxFrames} is drawn
     * first, then that many frames; a padded video that is shorter repeats its last frame. Otherwise the choice is the
     * same every time: as many frames as the video has within the two limits.
     *
     * @param length the number of frames of the video, at least 1
     * @param padded whether a video that is too short repeats its last frame; others give what they have
     * @param random what is drawn with; null draws nothing
     */
    public int[] choose(int length, boolean padded, @Nullable RandomGenerator random) {
        RandomGenerator draws = sampling == FrameSampling.RAND ? random : null;
        int count = draws == null
                ? Math.min(maxFrames, Math.max(minFrames, length))
                : draws.nextInt(minFrames, maxFrames + 1);
        if (length <= count) {
            return IntStream.range(0, padded ? count : length)
                    .map(i -> Math.min(i, length - 1))
                    .toArray();
        }
        return draws == null ? FrameIndices.middle(count, length) : FrameIndices.drawn(count, length, draws);
    }
}
