package dev.mpo.data.loader;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongToIntFunction;

/**
 * Brings rows of similar length together without giving up the random order of an epoch.
 *
 * <p>The shuffled epoch is cut into windows of {@value #GROUPS_PER_WINDOW} groups. The rows of a window are sorted by
 * length, longest first, and cut into groups, and the full groups are shuffled; a smaller rest stays at the end. In the
 * first window the longest group comes first, so that a lack of memory shows at once. The result is a pure function of
 * (seed, epoch, position); the latest windows are remembered. Thread-safe.
 */
final class LengthGroups {

    static final int GROUPS_PER_WINDOW = 64;

    private static final int REMEMBERED_WINDOWS = 4;

    private final int groupSize;
    private final LongToIntFunction lengths;
    private final AtomicReferenceArray<Window> remembered = new AtomicReferenceArray<>(REMEMBERED_WINDOWS);

    /**
     * Groups epochs.
     *
     * @param groupSize pairs of a group
     * @param lengths the length of the row at an unshuffled place of the epoch
     */
    LengthGroups(int groupSize, LongToIntFunction lengths) {
        this.groupSize = groupSize;
        this.lengths = lengths;
    }

    /** The unshuffled places of a window, in the order of delivery. */
    @SuppressWarnings("ArrayRecordComponent") // never compared or handed out
    private record Window(long epoch, long number, long[] places) {}

    /**
     * Returns the unshuffled place that stands at a position.
     *
     * @param shuffled the permutation of this epoch
     * @param key with epoch and window it selects the order of groups
     */
    long at(long epoch, long position, Permutation shuffled, long key) {
        long windowSize = (long) groupSize * GROUPS_PER_WINDOW;
        long number = position / windowSize;
        int slot = (int) (number % REMEMBERED_WINDOWS);
        Window window = remembered.get(slot);
        if (window == null || window.epoch() != epoch || window.number() != number) {
            long first = number * windowSize;
            int count = (int) Math.min(windowSize, shuffled.size() - first);
            int[] groups = groups(count / groupSize, key, epoch, number);
            window = new Window(epoch, number, places(first, count, shuffled, groups));
            remembered.set(slot, window);
        }
        return window.places()[(int) (position - number * windowSize)];
    }

    private static int[] groups(int count, long key, long epoch, long window) {
        int[] groups = new int[count];
        if (count > 0) {
            Permutation permutation = new Permutation(count, key, epoch, window);
            Arrays.setAll(groups, i -> (int) permutation.apply(i));
        }
        if (count > 0 && window == 0) {
            int longest = 0;
            while (groups[longest] != 0) {
                longest++;
            }
            groups[longest] = groups[0];
            groups[0] = 0;
        }
        return groups;
    }

    private long[] places(long first, int count, Permutation shuffled, int[] groups) {
        long[] places = new long[count];
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            places[i] = shuffled.apply(first + i);
            // Sorts by descending length, then by position.
            keys[i] = (long) (Integer.MAX_VALUE - lengths.applyAsInt(places[i])) << Integer.SIZE | i;
        }
        Arrays.sort(keys);
        long[] ordered = new long[count];
        for (int i = 0; i < count; i++) {
            int group = i / groupSize;
            int from = group < groups.length ? groups[group] * groupSize + i % groupSize : i;
            ordered[i] = places[(int) keys[from]];
        }
        return ordered;
    }
}
