package dev.mpo.data.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.ConfigException;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class VideoOptionsTest {

    private static final VideoOptions DRAWN = new VideoOptions(3, 6, FrameSampling.RAND, "ffmpeg");
    private static final VideoOptions EVEN = new VideoOptions(3, 6, FrameSampling.MIDDLE, "ffmpeg");

    @Test
    void withoutDrawingAsManyFramesAreTakenAsTheLimitsAllow() {
        // np.linspace(0, 20, 7).astype(int) = 0 3 6 10 13 16 20
        int[] expected = {1, 4, 7, 11, 14, 17};
        assertThat(EVEN.choose(20, false, null)).isEqualTo(expected);
        assertThat(DRAWN.choose(20, false, null)).isEqualTo(expected);
        assertThat(EVEN.choose(20, true, new Random(1))).isEqualTo(expected);
        assertThat(EVEN.choose(6, false, null)).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(EVEN.choose(2, false, null)).containsExactly(0, 1);
    }

    @Test
    void aPaddedVideoRepeatsItsLastFrame() {
        assertThat(EVEN.choose(2, true, null)).containsExactly(0, 1, 1);
        assertThat(EVEN.choose(4, true, null)).containsExactly(0, 1, 2, 3);
        Random random = new Random(2);
        for (int i = 0; i < 100; i++) {
            int[] frames = DRAWN.choose(2, true, random);
            assertThat(frames.length).isBetween(3, 6);
            assertThat(frames).startsWith(0, 1).endsWith(1);
            assertThat(Arrays.stream(frames).skip(1)).containsOnly(1);
        }
    }

    @Test
    void theNumberOfFramesIsDrawnFromBothLimitsOn() {
        Random random = new Random(3);
        int[] counts = new int[7];
        for (int i = 0; i < 4000; i++) {
            counts[DRAWN.choose(100, false, random).length]++;
        }
        assertThat(Arrays.copyOfRange(counts, 0, 3)).containsOnly(0);
        // Each of 3, 4, 5, 6 with probability 1 / 4: standard deviation 27.
        assertThat(Arrays.stream(counts, 3, 7)).allMatch(count -> Math.abs(count - 1000) < 140);
    }

    @Test
    void theSameGeneratorDrawsTheSameFrames() {
        assertThat(DRAWN.choose(100, false, new SplittableRandom(7)))
                .isEqualTo(DRAWN.choose(100, false, new SplittableRandom(7)))
                .isNotEqualTo(DRAWN.choose(100, false, new SplittableRandom(8)));
    }

    @Test
    void limitsThatExcludeEachOtherAreRefused() {
        assertThatThrownBy(() -> new VideoOptions(9, 8, FrameSampling.RAND, "ffmpeg"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data.video.min_num_frame")
                .hasMessageContaining("8, got 9");
    }
}
