package dev.mpo.core.generate;

import java.util.Arrays;
import java.util.Set;

/**
 * Chooses a token from logits: penalty, temperature, top-k, top-p, min-p, then one draw by the inverse of the
 * cumulative distribution in the order of ids. Weights are in double precision. One instance serves any number of
 * sequences of one thread and keeps its working memory.
 */
final class TokenSampler {

    private int[] ids = new int[0];
    private double[] weights = new double[0];
    private int count;

    /** Returns whether a token can be chosen without looking at more than the largest logit. */
    static boolean takesLargest(GenerationOptions options) {
        return options.temperature() == 0 && options.repetitionPenalty() == 1;
    }

    /**
     * Returns the chosen id.
     *
     * @param logits of one position, [V]; changed by the penalty
     * @param seen ids that the answer has already
     * @param uniform a random number from 0 up to 1
     */
    int choose(float[] logits, GenerationOptions options, Set<Integer> seen, double uniform) {
        if (options.repetitionPenalty() != 1) {
            penalise(logits, seen, options.repetitionPenalty());
        }
        if (options.temperature() == 0) {
            return largest(logits);
        }
        weigh(logits, options);
        return draw(uniform);
    }

    private static void penalise(float[] logits, Set<Integer> seen, double penalty) {
        for (int id : seen) {
            double z = logits[id];
            logits[id] = (float) (z > 0 ? z / penalty : z * penalty);
        }
    }

    private static int largest(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    /** Notes the tokens that can be drawn, ascending, and what their probabilities are proportional to. */
    private void weigh(float[] logits, GenerationOptions options) {
        if (ids.length < logits.length) {
            ids = new int[logits.length];
            weights = new double[logits.length];
        }
        float least = options.topK() > 0 && options.topK() < logits.length
                ? kthLargest(logits, options.topK())
                : Float.NEGATIVE_INFINITY;
        count = 0;
        double max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] >= least) {
                ids[count] = i;
                weights[count++] = logits[i];
                max = Math.max(max, logits[i]);
            }
        }
        for (int i = 0; i < count; i++) {
            weights[i] = Math.exp((weights[i] - max) / options.temperature());
        }
        if (options.topP() < 1) {
            dropBelow(nucleusLimit(options.topP()));
        }
        if (options.minP() > 0) {
            dropBelow(options.minP()); // the largest weight is 1
        }
    }

    /** Returns the tokens that the last choice could draw, ascending. */
    int[] candidates() {
        return Arrays.copyOf(ids, count);
    }

    /** Returns what the probability of each of {@link #candidates} was proportional to. */
    double[] candidateWeights() {
        return Arrays.copyOf(weights, count);
    }

    private static float kthLargest(float[] logits, int k) {
        float[] heap = Arrays.copyOf(logits, k);
        Arrays.sort(heap); // an ascending array is a heap with the smallest first
        for (int i = k; i < logits.length; i++) {
            if (logits[i] > heap[0]) {
                heap[0] = logits[i];
                siftDown(heap);
            }
        }
        return heap[0];
    }

    private static void siftDown(float[] heap) {
        int at = 0;
        while (2 * at + 1 < heap.length) {
            int child = 2 * at + 1;
            if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[at] <= heap[child]) {
                return;
            }
            float swap = heap[at];
            heap[at] = heap[child];
            heap[child] = swap;
            at = child;
        }
    }

    /** Returns the smallest weight of the smallest set of largest weights that sums to the fraction {@code p}. */
    private double nucleusLimit(double p) {
        double total = total();
        // All weights below this together are less than what is cut off: none of them can be in the set.
        double floor = total * (1 - p) / count;
        double[] candidates = Arrays.stream(weights, 0, count)
                .filter(w -> w > 0 && w >= floor)
                .sorted()
                .toArray();
        double sum = 0;
        for (int i = candidates.length - 1; i >= 0; i--) {
            sum += candidates[i];
            if (sum >= p * total) {
                return candidates[i];
            }
        }
        return 0;
    }

    private void dropBelow(double limit) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] >= limit) {
                ids[kept] = ids[i];
                weights[kept++] = weights[i];
            }
        }
        count = kept;
    }

    private double total() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
        }
        return sum;
    }

    private int draw(double uniform) {
        double target = uniform * total();
        double sum = 0;
        int last = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                last = i;
                sum += weights[i];
                if (sum > target) {
                    return ids[i];
                }
            }
        }
        return ids[last]; // the sums differ in their last bits
    }
}
