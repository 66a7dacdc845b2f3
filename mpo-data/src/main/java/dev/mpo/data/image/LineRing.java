package dev.mpo.data.image;

import static dev.mpo.data.image.BicubicKernel.FRACTION_BITS;
import static dev.mpo.data.image.BicubicKernel.ROUNDING;

import java.util.Arrays;

/**
 * The latest lines of samples that a resize reads, and their weighted sums. A line is a row or a column, as integers of
 * 0..255; line {@code i} takes the place of the line that lies as many lines back as the ring is long.
 *
 * <p>The loops are plain, over whole integer arrays and without conditions, because the compiler makes vector
 * instructions of such loops only; {@code Math.min} or bytes among the integers prevent it.
 */
final class LineRing {

    private static final int TOGETHER = 4; // lines added in one loop, so that sums are loaded and stored less often

    private final int[][] lines;

    LineRing(int numLines, int samples) {
        this.lines = new int[numLines][samples];
    }

    /** Returns the place of a line. */
    int[] line(int index) {
        return lines[index % lines.length];
    }

    /** Computes the samples of output {@code index} of a kernel from the lines that it reads. */
    void weigh(BicubicKernel kernel, int index, int[] result) {
        int start = kernel.starts()[index];
        int length = kernel.lengths()[index];
        int[] weights = kernel.weights();
        int at = index * kernel.stride();
        Arrays.fill(result, ROUNDING);
        int k = 0;
        for (; k + TOGETHER <= length; k += TOGETHER) {
            addFour(
                    result,
                    line(start + k),
                    weights[at + k],
                    line(start + k + 1),
                    weights[at + k + 1],
                    line(start + k + 2),
                    weights[at + k + 2],
                    line(start + k + 3),
                    weights[at + k + 3]);
        }
        for (; k < length; k++) {
            add(result, line(start + k), weights[at + k]);
        }
        toSamples(result);
    }

    private static void addFour(int[] sums, int[] a, int ofA, int[] b, int ofB, int[] c, int ofC, int[] d, int ofD) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += a[i] * ofA + b[i] * ofB + c[i] * ofC + d[i] * ofD;
        }
    }

    private static void add(int[] sums, int[] line, int weight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += line[i] * weight;
        }
    }

    /** Shifts out the fraction of sums that began at one half, which rounds them, and clips to 0..255. */
    private static void toSamples(int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            int value = sums[i] >> FRACTION_BITS;
            int atLeastZero = value & ~(value >> 31);
            sums[i] = (atLeastZero | ((255 - atLeastZero) >> 31)) & 255;
        }
    }
}
