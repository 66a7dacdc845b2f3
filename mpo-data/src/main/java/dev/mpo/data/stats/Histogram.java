package dev.mpo.data.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How often each whole number from 0 on occurred, exactly up to a limit and as the limit beyond. Not thread-safe. */
public final class Histogram {

    private static final int MAX_VALUE = (1 << 20) - 1;

    private long[] counts = new long[64];
    private long count;
    private long sum;
    private int max;

    /**
     * Values from {@code from} to {@code to}, both included.
     *
     * @param count how often they occurred
     */
    public record Bin(int from, int to, long count) {}

    /** Counts a value. */
    public void add(int value) {
        int clamped = Math.max(0, Math.min(value, MAX_VALUE));
        if (clamped >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(clamped + 1, counts.length * 2));
        }
        counts[clamped]++;
        count++;
        sum += value;
        max = Math.max(max, value);
    }

    /** Returns how many values were counted. */
    public long count() {
        return count;
    }

    /** Returns the sum of all values. */
    public long sum() {
        return sum;
    }

    /** Returns the mean, or 0 of nothing. */
    public double mean() {
        return count == 0 ? 0 : (double) sum / count;
    }

    /** Returns the largest value, or 0 of nothing. */
    public int max() {
        return max;
    }

    /** Returns the smallest value that at least a share of all values does not exceed, or 0 of nothing. */
    public int quantile(double share) {
        long wanted = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (int value = 0; value < counts.length; value++) {
            seen += counts[value];
            if (seen >= wanted) {
                return value;
            }
        }
        return 0;
    }

    /** Returns how many values exceed a limit. */
    public long countAbove(int limit) {
        long above = 0;
        for (int value = Math.max(0, limit + 1); value < counts.length; value++) {
            above += counts[value];
        }
        return above;
    }

    /**
     * Returns bins of equal, round width from 0 to the largest value; none for an empty histogram.
     *
     * @param mostBins the largest number of bins
     */
    public List<Bin> bins(int mostBins) {
        if (count == 0) {
            return List.of();
        }
        int last = Math.min(max, MAX_VALUE);
        int width = roundWidth(last / mostBins + 1);
        List<Bin> bins = new ArrayList<>();
        for (int from = 0; from <= last; from += width) {
            long inBin = 0;
            for (int value = from; value < Math.min(from + width, counts.length); value++) {
                inBin += counts[value];
            }
            bins.add(new Bin(from, from + width - 1, inBin));
        }
        return bins;
    }

    /** Returns the next number that is 1, 2 or 5 times a power of ten. */
    private static int roundWidth(int least) {
        int power = 1;
        while (true) {
            for (int step : new int[] {1, 2, 5}) {
                if (step * power >= least) {
                    return step * power;
                }
            }
            power *= 10;
        }
    }
}
