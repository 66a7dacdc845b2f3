package dev.mpo.core.loss;

import java.util.Arrays;
import java.util.List;

/**
 * The mixed loss of one micro-batch: value, parts, gradients, and the numbers that are logged.
 *
 * @param total weighted sum of the terms' means
 * @param terms each term's unweighted mean, in the order of the mixture
 * @param gradChosen d total / d policyChosenLogps, one entry per pair
 * @param gradRejected d total / d policyRejectedLogps
 * @param gradNll d total / d nll
 * @param chosenRewards implicit reward of each chosen answer: the sum over the preference terms of weight times beta
 *     times log ratio; without a preference term, beta times log ratio
 * @param rejectedRewards the same for the rejected answers
 * @param chosenLogps the policy's log-probabilities of the chosen answers as the reference logs them: per token if
 *     every preference term is length-normalised, sums otherwise
 * @param rejectedLogps the same for the rejected answers
 * @param nll the input's mean -log p over the chosen answers
 * @param rewardShift the running mean reward that was used
 */
@SuppressWarnings("ArrayRecordComponent") // a short-lived result; never compared or hashed
public record LossResult(
        double total,
        List<TermMean> terms,
        double[] gradChosen,
        double[] gradRejected,
        double gradNll,
        double[] chosenRewards,
        double[] rejectedRewards,
        double[] chosenLogps,
        double[] rejectedLogps,
        double nll,
        double rewardShift) {

    /**
     * One term's share.
     *
     * @param name the term's configured name
     * @param weight its weight in the mixture
     * @param mean its mean over the pairs, before weighting
     */
    public record TermMean(String name, double weight, double mean) {}

    /** Mean reward of the chosen answers. */
    public double meanChosenReward() {
        return mean(chosenRewards);
    }

    /** Mean reward of the rejected answers. */
    public double meanRejectedReward() {
        return mean(rejectedRewards);
    }

    /** Mean of chosen minus rejected reward. */
    public double meanMargin() {
        double sum = 0;
        for (int i = 0; i < chosenRewards.length; i++) {
            sum += chosenRewards[i] - rejectedRewards[i];
        }
        return sum / chosenRewards.length;
    }

    /** Share of pairs whose chosen reward is strictly greater; a tie counts as lost. */
    public double accuracy() {
        int won = 0;
        for (int i = 0; i < chosenRewards.length; i++) {
            if (chosenRewards[i] > rejectedRewards[i]) {
                won++;
            }
        }
        return (double) won / chosenRewards.length;
    }

    /** Mean of {@link #chosenLogps()}. */
    public double meanChosenLogps() {
        return mean(chosenLogps);
    }

    /** Mean of {@link #rejectedLogps()}. */
    public double meanRejectedLogps() {
        return mean(rejectedLogps);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }
}
