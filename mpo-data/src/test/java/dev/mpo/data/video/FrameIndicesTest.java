package dev.mpo.data.video;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class FrameIndicesTest {

    /** Draws the lowest number each time, so that the bounds of a stretch show. */
    private static final class Lowest implements RandomGenerator {
        @Override
        public long nextLong() {
            return 0;
        }
    }

    @Test
    void theMiddleOfEachStretchIsTaken() {
        // np.linspace(0, 10, 5).astype(int) = 0 2 5 7 10; the stretches are 0-1, 2-4, 5-6, 7-9.
        assertThat(FrameIndices.middle(4, 10)).containsExactly(0, 3, 5, 8);
        // 0 33 66 100: (0 + 32) / 2, (33 + 65) / 2, (66 + 99) / 2.
        assertThat(FrameIndices.middle(3, 100)).containsExactly(16, 49, 82);
        assertThat(FrameIndices.middle(1, 9)).containsExactly(4);
    }

    @Test
    void stretchesStartWhereTruncatedFloatingPointNumbersSay() {
        // np.linspace(0, 30, 23).astype(int)[11] is 14, as 11 * (30 / 22) is less than 15.
        assertThat(FrameIndices.middle(22, 30))
                .containsExactly(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 19, 20, 21, 23, 24, 25, 27, 28);
        // 1.5 frames each: starts 0 1 3 4 6.
        assertThat(FrameIndices.middle(58, 87)).startsWith(0, 1, 3, 4, 6);
    }

    @Test
    void aDrawnFrameIsNeverTheLastOfItsStretch() {
        assertThat(FrameIndices.drawn(4, 10, new Lowest())).containsExactly(0, 2, 5, 7);
        Random random = new Random(3);
        boolean[] seen = new boolean[10];
        for (int i = 0; i < 2000; i++) {
            for (int frame : FrameIndices.drawn(4, 10, random)) {
                seen[frame] = true;
            }
        }
        // range(0, 1), range(2, 4), range(5, 6), range(7, 9)
        assertThat(seen).containsExactly(true, false, true, true, false, true, false, true, true, false);
    }

    @Test
    void whereAStretchHasOneFrameOnlyAnyDifferentFramesAreDrawn() {
        Random random = new Random(4);
        int[] counts = new int[10];
        for (int i = 0; i < 5000; i++) {
            int[] frames = FrameIndices.drawn(6, 10, random); // stretches of one or two frames
            assertThat(frames).hasSize(6).doesNotHaveDuplicates().isSorted();
            for (int frame : frames) {
                counts[frame]++;
            }
        }
        // Each frame is drawn with probability 6 / 10: 3000 times, standard deviation 35.
        assertThat(Arrays.stream(counts)).allMatch(count -> Math.abs(count - 3000) < 175);
    }

    @Test
    void framesAreAscendingAndWithinTheVideoWhateverTheNumbers() {
        Random random = new Random(5);
        for (int i = 0; i < 5000; i++) {
            int length = 1 + random.nextInt(400);
            int count = 1 + random.nextInt(80);
            for (int[] frames :
                    new int[][] {FrameIndices.middle(count, length), FrameIndices.drawn(count, length, random)}) {
                assertThat(frames).hasSize(Math.min(count, length)).isSorted().doesNotHaveDuplicates();
                assertThat(frames[0]).isNotNegative();
                assertThat(frames[frames.length - 1]).isLessThan(length);
            }
        }
    }
}
