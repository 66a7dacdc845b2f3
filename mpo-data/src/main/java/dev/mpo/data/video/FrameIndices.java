package dev.mpo.data.video;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Even sampling of frames: the video is split into as many stretches as frames are wanted, of nearly equal length, and
 * each stretch gives one frame. The arithmetic is that of {@code get_frame_indices} in InternVL's {@code dataset.py}.
 */
final class FrameIndices {

    private FrameIndices() {}

    /** Returns the middle frame of each stretch, ascending; at most {@code length} frames. */
    static int[] middle(int count, int length) {
        int[] starts = starts(count, length);
        int[] chosen = new int[starts.length - 1];
        Arrays.setAll(chosen, i -> (starts[i] + starts[i + 1] - 1) / 2);
        return chosen;
    }

    /**
     * Returns a random frame of each stretch, ascending; at most {@code length} frames. The last frame of a stretch is
     * never drawn, and where a stretch has no other frame any different frames of the whole video are taken instead, as
     * in the reference.
     */
    static int[] drawn(int count, int length, RandomGenerator random) {
        int[] starts = starts(count, length);
        int[] chosen = new int[starts.length - 1];
        for (int i = 0; i < chosen.length; i++) {
            int choices = starts[i + 1] - 1 - starts[i];
            if (choices < 1) {
                return subset(chosen.length, length, random);
            }
            chosen[i] = starts[i] + random.nextInt(choices);
        }
        return chosen;
    }

    /** Returns where stretches start, and where the last one ends. */
    private static int[] starts(int count, int length) {
        int stretches = Math.min(count, length);
        double step = (double) length / stretches;
        int[] starts = new int[stretches + 1];
        Arrays.setAll(starts, i -> i == stretches ? length : (int) (i * step));
        return starts;
    }

    private static int[] subset(int count, int length, RandomGenerator random) {
        int[] all = IntStream.range(0, length).toArray();
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i, length);
            int kept = all[i];
            all[i] = all[other];
            all[other] = kept;
        }
        int[] chosen = Arrays.copyOf(all, count);
        Arrays.sort(chosen);
        return chosen;
    }
}
