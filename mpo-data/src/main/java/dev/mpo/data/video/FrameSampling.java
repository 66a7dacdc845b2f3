package dev.mpo.data.video;

/** How the frames of a video are chosen; see {@link VideoOptions#choose}. */
public enum FrameSampling {
    /** The number of frames and the frames themselves are drawn, one of each stretch of the video. */
    RAND,
    /** The middle of each stretch of the video; nothing is drawn. */
    MIDDLE
}
