package dev.mpo.core.generate;

import java.util.Arrays;
import java.util.Set;

/**
 * Chooses a token from logits: penalty, temperature, top-k, top-p, min-p, then one draw by the inverse of the
 * cumulative distribution in the order of ids. Arithmetic is in double precision.
 */
final class TokenSampler {

    private TokenSampler() {}

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
    static int choose(float[] logits, GenerationOptions options, Set<Integer> seen, double uniform) {
        if (options.repetitionPenalty() != 1) {
            penalise(logits, seen, options.repetitionPenalty());
        }
        if (options.temperature() == 0) {
            return largest(logits);
        }
        double[] weights = weights(logits, options);
        return draw(weights, uniform);
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

    /** Returns what each token's probability is proportional to; 0 for those that the limits exclude. */
    static double[] weights(float[] logits, GenerationOptions options) {
        double max = logits[largest(logits)];
        double[] weights = new double[logits.length];
        double keptLogit = options.topK() > 0 && options.topK() < logits.length
                ? kthLargest(logits, options.topK())
                : Double.NEGATIVE_INFINITY;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = logits[i] < keptLogit ? 0 : Math.exp((logits[i] - max) / options.temperature());
        }
        if (options.topP() < 1) {
            dropBelow(weights, nucleusLimit(weights, options.topP()));
        }
        if (options.minP() > 0) {
            dropBelow(weights, options.minP()); // the largest weight is 1
        }
        return weights;
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
    private static double nucleusLimit(double[] weights, double p) {
        double total = Arrays.stream(weights).sum();
        // All weights below this together are less than what is cut off: none of them can be in the set.
        double floor = total * (1 - p) / weights.length;
        double[] candidates =
                Arrays.stream(weights).filter(w -> w > 0 && w >= floor).sorted().toArray();
        double sum = 0;
        for (int i = candidates.length - 1; i >= 0; i--) {
            sum += candidates[i];
            if (sum >= p * total) {
                return candidates[i];
            }
        }
        return 0;
    }

    private static void dropBelow(double[] weights, double limit) {
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] < limit) {
                weights[i] = 0;
            }
        }
    }

    private static int draw(double[] weights, double uniform) {
        double target = uniform * Arrays.stream(weights).sum();
        int last = 0;
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                last = i;
                sum += weights[i];
                if (sum > target) {
                    return i;
                }
            }
        }
        return last; // the sums differ in their last bits
    }
}
