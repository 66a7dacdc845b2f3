package dev.mpo.data.check;

/** A growing set of longs in one array, for millions of hashes. Safe for use by several threads. */
final class LongSet {

    private static final int FIRST_CAPACITY = 1 << 10;

    private long[] slots = new long[FIRST_CAPACITY];
    private int size;

    /** Adds a number. */
    synchronized void add(long number) {
        if (size * 2 >= slots.length) {
            grow();
        }
        int at = slot(slots, nonZero(number));
        if (slots[at] == 0) {
            slots[at] = nonZero(number);
            size++;
        }
    }

    /** Returns whether a number has been added. */
    synchronized boolean contains(long number) {
        return slots[slot(slots, nonZero(number))] != 0;
    }

    private void grow() {
        long[] larger = new long[slots.length * 2];
        for (long number : slots) {
            if (number != 0) {
                larger[slot(larger, number)] = number;
            }
        }
        slots = larger;
    }

    /** Returns where a number is, or would be put. */
    private static int slot(long[] slots, long number) {
        int at = (int) ((number * 0x9E3779B97F4A7C15L) >>> 32) & (slots.length - 1);
        while (slots[at] != 0 && slots[at] != number) {
            at = (at + 1) & (slots.length - 1);
        }
        return at;
    }

    /** Zero marks an empty slot; that it counts as one is an error of 1 in 2^64. */
    private static long nonZero(long number) {
        return number == 0 ? 1 : number;
    }
}
