package dev.mpo.data.loader;

/**
 * A random permutation of {@code 0 .. size-1} that takes no memory: the image of any single number is computed in
 * constant time.
 *
 * <p>A balanced Feistel network permutes the smallest power of four that holds the range; values that fall outside the
 * range are sent through it again until one falls inside ("cycle walking", Black and Rogaway, "Ciphers with arbitrary
 * finite domains", 2002). Fewer than four rounds trips are needed on average, because the power of four is less than
 * four times the size.
 */
final class Permutation {

    // Four rounds make a Feistel network a strong permutation in theory; small halves need more to look random.
    private static final int ROUNDS = 10;

    private final long size;
    private final int halfBits;
    private final long halfMask;
    private final long[] roundKeys;

    /** Creates the permutation that a key selects. */
    Permutation(long size, long... key) {
        if (size < 1 || size > 1L << 60) {
            throw new IllegalArgumentException("size " + size);
        }
        this.size = size;
        this.halfBits = Math.max(1, (64 - Long.numberOfLeadingZeros(size - 1) + 1) / 2);
        this.halfMask = (1L << halfBits) - 1;
        long seed = CounterRandom.bits(key);
        this.roundKeys = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            roundKeys[round] = CounterRandom.bits(seed, round);
        }
    }

    /** Returns the number of numbers. */
    long size() {
        return size;
    }

    /** Returns the number that {@code index} is sent to. */
    long apply(long index) {
        long value = index;
        do {
            value = network(value);
        } while (value >= size);
        return value;
    }

    private long network(long value) {
        long left = value >>> halfBits;
        long right = value & halfMask;
        for (long key : roundKeys) {
            // The high bits of the product depend on all bits of the input.
            long mixed = CounterRandom.bits(key, right) >>> (64 - halfBits);
            long next = left ^ mixed;
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }
}
