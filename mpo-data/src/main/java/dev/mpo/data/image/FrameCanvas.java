package dev.mpo.data.image;

import java.io.IOException;

/** What the frames of an animation are drawn on, one after the other. */
interface FrameCanvas {

    /** Returns the number of frames, at least 1. */
    int numFrames();

    /** Returns the number of pixels of the canvas. */
    long numPixels();

    /** Draws the next frame over what is there. */
    void draw() throws IOException;

    /** Returns a copy of the canvas. */
    DecodedImage show();
}
