package dev.mpo.train.step;

import dev.mpo.core.model.PackedBatch;

/**
 * Preference pairs laid out as one stream, and which scored position belongs to which answer.
 *
 * <p>A position in a beginning that both answers share belongs to both.
 *
 * @param batch what the model reads
 * @param numPairs number of pairs
 * @param chosenOwner pair to whose chosen answer each scored position belongs, or -1, [M]
 * @param rejectedOwner pair to whose rejected answer each scored position belongs, or -1, [M]
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between packer and step; never compared
public record PackedPairs(PackedBatch batch, int numPairs, int[] chosenOwner, int[] rejectedOwner) {

    /** Sums per-position numbers over the positions of each chosen answer. */
    public double[] sumChosen(double[] values) {
        return sum(values, chosenOwner);
    }

    /** Sums per-position numbers over the positions of each rejected answer. */
    public double[] sumRejected(double[] values) {
        return sum(values, rejectedOwner);
    }

    /** Counts the labelled tokens of each chosen answer. */
    public int[] chosenLengths() {
        return count(chosenOwner);
    }

    /** Counts the labelled tokens of each rejected answer. */
    public int[] rejectedLengths() {
        return count(rejectedOwner);
    }

    /**
     * Spreads derivatives by summed log-probabilities over the positions.
     *
     * @param byChosen derivative of the loss by the summed log-probability of each chosen answer
     * @param byRejected the same for the rejected answers
     */
    public double[] spread(double[] byChosen, double[] byRejected) {
        double[] out = new double[chosenOwner.length];
        for (int i = 0; i < out.length; i++) {
            if (chosenOwner[i] >= 0) {
                out[i] += byChosen[chosenOwner[i]];
            }
            if (rejectedOwner[i] >= 0) {
                out[i] += byRejected[rejectedOwner[i]];
            }
        }
        return out;
    }

    private double[] sum(double[] values, int[] owner) {
        double[] sums = new double[numPairs];
        for (int i = 0; i < owner.length; i++) {
            if (owner[i] >= 0) {
                sums[owner[i]] += values[i];
            }
        }
        return sums;
    }

    private int[] count(int[] owner) {
        int[] counts = new int[numPairs];
        for (int pair : owner) {
            if (pair >= 0) {
                counts[pair]++;
            }
        }
        return counts;
    }
}
