package dev.mpo.core.loss;

import java.util.Arrays;

/**
 * What a loss sees of one micro-batch: per pair the log-probability of each answer under both models, summed over the
 * answer's labelled tokens, in nats.
 *
 * <p>All vectors have one entry per pair, in the same order. They are kept as given, not copied, and must not be
 * changed afterwards. Losses of large log-probabilities with small differences depend on how the differences are
 * rounded, so a batch of float32 numbers rounds them to float32 in the order in which PyTorch code does; the rest is
 * double.
 *
 * @param policyChosenLogps policy log-probability of each chosen answer
 * @param policyRejectedLogps policy log-probability of each rejected answer
 * @param referenceChosenLogps reference log-probability of each chosen answer
 * @param referenceRejectedLogps reference log-probability of each rejected answer
 * @param chosenLengths labelled tokens of each chosen answer, at least 1; only {@link IpoLoss} divides by them
 * @param rejectedLengths labelled tokens of each rejected answer, at least 1
 * @param nll mean of -log p over all labelled tokens of the chosen answers of the micro-batch, under the policy
 * @param singlePrecision whether differences, rewards and per-token means are rounded to float32
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between engine and loss; never compared, hashed or kept
public record PreferenceBatch(
        double[] policyChosenLogps,
        double[] policyRejectedLogps,
        double[] referenceChosenLogps,
        double[] referenceRejectedLogps,
        int[] chosenLengths,
        int[] rejectedLengths,
        double nll,
        boolean singlePrecision) {

    /** Checks that there is at least one pair and that all vectors have one entry per pair. */
    public PreferenceBatch {
        int pairs = policyChosenLogps.length;
        if (pairs == 0) {
            throw new IllegalArgumentException("a preference batch needs at least one pair");
        }
        requireLength("policyRejectedLogps", policyRejectedLogps.length, pairs);
        requireLength("referenceChosenLogps", referenceChosenLogps.length, pairs);
        requireLength("referenceRejectedLogps", referenceRejectedLogps.length, pairs);
        requireLength("chosenLengths", chosenLengths.length, pairs);
        requireLength("rejectedLengths", rejectedLengths.length, pairs);
    }

    /** A double batch whose answers all count as one token long: {@link IpoLoss} takes the numbers as they are. */
    public static PreferenceBatch of(
            double[] policyChosenLogps,
            double[] policyRejectedLogps,
            double[] referenceChosenLogps,
            double[] referenceRejectedLogps,
            double nll) {
        int[] ones = new int[policyChosenLogps.length];
        Arrays.fill(ones, 1);
        return new PreferenceBatch(
                policyChosenLogps,
                policyRejectedLogps,
                referenceChosenLogps,
                referenceRejectedLogps,
                ones,
                ones,
                nll,
                false);
    }

    /** A single-precision batch of the float32 vectors that a tensor library hands out. */
    public static PreferenceBatch of(
            float[] policyChosenLogps,
            float[] policyRejectedLogps,
            float[] referenceChosenLogps,
            float[] referenceRejectedLogps,
            int[] chosenLengths,
            int[] rejectedLengths,
            double nll) {
        return new PreferenceBatch(
                widen(policyChosenLogps),
                widen(policyRejectedLogps),
                widen(referenceChosenLogps),
                widen(referenceRejectedLogps),
                chosenLengths,
                rejectedLengths,
                nll,
                true);
    }

    /** Number of pairs. */
    public int size() {
        return policyChosenLogps.length;
    }

    /** The same pairs with every log-probability divided by the length of its answer; lengths become 1. */
    PreferenceBatch perToken() {
        int[] ones = new int[size()];
        Arrays.fill(ones, 1);
        return new PreferenceBatch(
                perToken(policyChosenLogps, chosenLengths),
                perToken(policyRejectedLogps, rejectedLengths),
                perToken(referenceChosenLogps, chosenLengths),
                perToken(referenceRejectedLogps, rejectedLengths),
                ones,
                ones,
                nll,
                singlePrecision);
    }

    /** Log ratio of chosen answer i: policy minus reference. */
    double chosenLogRatio(int i) {
        return round(policyChosenLogps[i] - referenceChosenLogps[i]);
    }

    /** Log ratio of rejected answer i: policy minus reference. */
    double rejectedLogRatio(int i) {
        return round(policyRejectedLogps[i] - referenceRejectedLogps[i]);
    }

    /** The policy's log-probability of chosen answer i minus that of rejected answer i. */
    double policyMargin(int i) {
        return round(policyChosenLogps[i] - policyRejectedLogps[i]);
    }

    /** The reference's log-probability of chosen answer i minus that of rejected answer i. */
    double referenceMargin(int i) {
        return round(referenceChosenLogps[i] - referenceRejectedLogps[i]);
    }

    /** Returns the number in the precision of this batch. */
    double round(double value) {
        return singlePrecision ? (float) value : value;
    }

    private double[] perToken(double[] logps, int[] lengths) {
        double[] result = new double[logps.length];
        Arrays.setAll(result, i -> round(logps[i] / lengths[i]));
        return result;
    }

    private static double[] widen(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    private static void requireLength(String name, int found, int expected) {
        if (found != expected) {
            throw new IllegalArgumentException(
                    name + " has " + found + " entries, but there are " + expected + " pairs");
        }
    }
}
