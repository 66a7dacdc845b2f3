package dev.mpo.data.loader;

/**
 * Random numbers that are pure functions of their arguments: no state, so any of them can be computed on its own, in
 * any order and on any rank.
 *
 * <p>The mixing function is the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", 2014).
 */
final class CounterRandom {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private CounterRandom() {}

    /** Returns 64 random bits for a key. */
    static long bits(long... key) {
        long state = GOLDEN_GAMMA;
        for (long part : key) {
            state = mix(state + part * GOLDEN_GAMMA + GOLDEN_GAMMA);
        }
        return state;
    }

    /** Returns a number from 0 up to, and without, {@code bound}, which is positive. */
    static long below(long bound, long... key) {
        // The high half of a 128-bit product: the bias is below bound / 2^64.
        return Math.multiplyHigh(bits(key) >>> 1, bound << 1);
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
