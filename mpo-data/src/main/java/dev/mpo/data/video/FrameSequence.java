package dev.mpo.data.video;

import dev.mpo.data.image.DecodedImage;
import java.util.function.Consumer;

/** A video whose frames are decoded one after the other. */
public sealed interface FrameSequence extends Video permits AnimationVideo, FfmpegVideo {

    /** Returns the number of pixels of a frame. */
    long numPixels();

    /**
     * Decodes chosen frames.
     *
     * @param chosen frames in ascending order, counted from 0; a frame may be chosen several times
     * @param sink takes each chosen frame in order
     * @throws dev.mpo.core.DataException if the file is damaged
     */
    void read(int[] chosen, Consumer<DecodedImage> sink);
}
