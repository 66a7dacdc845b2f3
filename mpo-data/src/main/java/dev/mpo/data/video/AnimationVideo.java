package dev.mpo.data.video;

import dev.mpo.data.image.Animation;
import dev.mpo.data.image.DecodeOptions;
import dev.mpo.data.image.DecodedImage;
import java.util.function.Consumer;

/** An animated GIF or WebP file. */
final class AnimationVideo implements FrameSequence {

    private final Animation animation;

    AnimationVideo(byte[] bytes, String where, DecodeOptions options) {
        this.animation = Animation.open(bytes, where, options);
    }

    @Override
    public int numFrames() {
        return animation.numFrames();
    }

    @Override
    public boolean padded() {
        return false;
    }

    @Override
    public long numPixels() {
        return animation.numPixels();
    }

    @Override
    public void read(int[] chosen, Consumer<DecodedImage> sink) {
        int frame = 0;
        for (int i = 0; i < chosen.length; frame++) {
            if (frame < chosen[i]) {
                animation.skip();
                continue;
            }
            DecodedImage shown = animation.next();
            for (; i < chosen.length && chosen[i] == frame; i++) {
                sink.accept(shown);
            }
        }
    }

    @Override
    public void close() {}
}
