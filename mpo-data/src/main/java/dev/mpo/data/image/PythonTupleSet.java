package dev.mpo.data.image;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of pairs of small non-negative integers that iterates in the order in which CPython's {@code set} of the same
 * int tuples does.
 *
 * <p>The reference collects candidate grids in a Python set and sorts them by area with a stable sort, so the set's
 * iteration order decides ties. That order is the table order of CPython's open-addressing hash table and a function of
 * three things reproduced here: the tuple hash (an xxHash variant, CPython 3.8 and newer), the probing (a run of nine
 * neighbours, then a perturbed jump) and the moments at which the table grows.
 */
final class PythonTupleSet {

    /** A pair as it is stored: both numbers and their hash. */
    record Pair(int first, int second, long hash) {
        static Pair of(int first, int second) {
            return new Pair(first, second, tupleHash(first, second));
        }
    }

    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;
    private static final int MIN_SIZE = 8;
    private static final int LINEAR_PROBES = 9;
    private static final int PERTURB_SHIFT = 5;
    private static final int SLOW_GROWTH_ABOVE = 50_000;

    private @Nullable Pair[] table = new Pair[MIN_SIZE];
    private int used;

    /** Adds a pair unless it is there already. */
    void add(int first, int second) {
        Pair pair = Pair.of(first, second);
        int slot = slotFor(table, pair);
        if (table[slot] != null) {
            return;
        }
        table[slot] = pair;
        used++;
        long mask = table.length - 1L;
        if (used * 5L >= mask * 3L) {
            grow(used > SLOW_GROWTH_ABOVE ? used * 2L : used * 4L);
        }
    }

    /** Returns the pairs in iteration order. */
    List<Pair> inIterationOrder() {
        List<Pair> pairs = new ArrayList<>(used);
        for (Pair pair : table) {
            if (pair != null) {
                pairs.add(pair);
            }
        }
        return pairs;
    }

    private void grow(long moreThan) {
        int size = MIN_SIZE;
        while (size <= moreThan) {
            size = Math.multiplyExact(size, 2);
        }
        @Nullable Pair[] larger = new Pair[size];
        for (Pair pair : table) {
            if (pair != null) {
                larger[slotFor(larger, pair)] = pair;
            }
        }
        table = larger;
    }

    /** Returns the slot that holds an equal pair or, failing that, the free slot where it belongs. */
    private static int slotFor(@Nullable Pair[] table, Pair pair) {
        int mask = table.length - 1;
        long perturb = pair.hash();
        int start = (int) (pair.hash() & mask);
        while (true) {
            int neighbours = start + LINEAR_PROBES <= mask ? LINEAR_PROBES : 0;
            for (int slot = start; slot <= start + neighbours; slot++) {
                if (table[slot] == null || pair.equals(table[slot])) {
                    return slot;
                }
            }
            perturb >>>= PERTURB_SHIFT;
            start = (int) ((start * 5L + 1 + perturb) & mask);
        }
    }

    /** CPython's hash of a two-element tuple; the hash of a small non-negative int is the int itself. */
    static long tupleHash(int first, int second) {
        long acc = mix(mix(PRIME_5, first), second);
        acc += 2 ^ (PRIME_5 ^ 3527539L);
        return acc == -1 ? 1546275796L : acc;
    }

    private static long mix(long acc, long lane) {
        return Long.rotateLeft(acc + lane * PRIME_2, 31) * PRIME_1;
    }
}
