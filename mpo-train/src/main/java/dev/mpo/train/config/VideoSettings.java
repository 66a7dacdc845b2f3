package dev.mpo.train.config;

import dev.mpo.data.video.FrameSampling;
import dev.mpo.data.video.VideoOptions;

/**
 * {@code data.video.*}: how videos become frames.
 *
 * @param minNumFrame fewest frames that are drawn
 * @param maxNumFrame most frames of a video
 * @param samplingMethod how frames are chosen
 * @param ffmpeg name or path of the program that decodes video files
 */
public record VideoSettings(
        @Range(min = 1) int minNumFrame,
        @Range(min = 1) int maxNumFrame,
        SamplingMethod samplingMethod,
        String ffmpeg) {

    /** How frames are chosen. */
    public enum SamplingMethod {
        /** Their number and the frames are drawn anew at every use in training. */
        RAND,
        /** The middle of each of max_num_frame stretches. */
        MIDDLE
    }

    /** Returns the settings as the data layer takes them. */
    public VideoOptions options() {
        FrameSampling sampling = samplingMethod == SamplingMethod.RAND ? FrameSampling.RAND : FrameSampling.MIDDLE;
        return new VideoOptions(minNumFrame, maxNumFrame, sampling, ffmpeg);
    }
}
