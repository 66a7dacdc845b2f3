package dev.mpo.core.generate;

/**
 * Random numbers that are pure functions of (seed, sample, step), so that each sample can be drawn again alone. The
 * mixing function is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
 */
final class DrawNumbers {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private DrawNumbers() {}

    /** Returns a number from 0 up to, and without, 1. */
    static double uniform(long seed, long sample, long step) {
        long state = mix(seed + GAMMA);
        state = mix(state + (sample + 1) * GAMMA);
        state = mix(state + (step + 1) * GAMMA);
        return (state >>> 11) * 0x1.0p-53;
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
