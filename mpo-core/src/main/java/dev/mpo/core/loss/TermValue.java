package dev.mpo.core.loss;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * One term's losses on a micro-batch and the gradients of their MEAN with respect to the policy's outputs.
 *
 * @param losses loss per pair; a term over sorted values lists them in sorted order
 * @param gradChosen d mean(losses) / d policyChosenLogps
 * @param gradRejected d mean(losses) / d policyRejectedLogps
 * @param gradNll d mean(losses) / d nll
 */
@SuppressWarnings("ArrayRecordComponent") // a short-lived result; never compared or hashed
public record TermValue(double[] losses, double[] gradChosen, double[] gradRejected, double gradNll) {

    /** The mean over the pairs: the value of the term. */
    public double mean() {
        return Arrays.stream(losses).sum() / losses.length;
    }

    /** Losses curve(beta * (policy margin - reference margin)), pair by pair. */
    static TermValue ofMargins(PreferenceBatch batch, double beta, Curve curve) {
        int[] order = identity(batch.size());
        return ofMargins(batch, beta, curve, order, order);
    }

    /** Losses curve(beta * (policy margin of pair policyOrder[k] - reference margin of pair referenceOrder[k])). */
    static TermValue ofMargins(
            PreferenceBatch batch, double beta, Curve curve, int[] policyOrder, int[] referenceOrder) {
        return ofDifferences(
                batch,
                beta,
                curve,
                k -> batch.policyMargin(policyOrder[k]) - batch.referenceMargin(referenceOrder[k]),
                policyOrder,
                policyOrder);
    }

    /**
     * Losses curve(beta * (log ratio of chosen answer chosenOrder[k] - log ratio of rejected one rejectedOrder[k])).
     */
    static TermValue ofLogRatios(
            PreferenceBatch batch, double beta, Curve curve, int[] chosenOrder, int[] rejectedOrder) {
        return ofDifferences(
                batch,
                beta,
                curve,
                k -> batch.chosenLogRatio(chosenOrder[k]) - batch.rejectedLogRatio(rejectedOrder[k]),
                chosenOrder,
                rejectedOrder);
    }

    /**
     * Losses curve(beta * difference(k)), where the k-th difference holds the policy's log-probability of chosen answer
     * chosenOrder[k] with factor 1 and of rejected answer rejectedOrder[k] with factor -1.
     */
    private static TermValue ofDifferences(
            PreferenceBatch batch,
            double beta,
            Curve curve,
            IntToDoubleFunction difference,
            int[] chosenOrder,
            int[] rejectedOrder) {
        int pairs = batch.size();
        double[] losses = new double[pairs];
        double[] gradChosen = new double[pairs];
        double[] gradRejected = new double[pairs];
        for (int k = 0; k < pairs; k++) {
            double z = beta * batch.round(difference.applyAsDouble(k));
            losses[k] = curve.value().applyAsDouble(z);
            double slope = beta * curve.slope().applyAsDouble(z) / pairs;
            gradChosen[chosenOrder[k]] = slope;
            gradRejected[rejectedOrder[k]] = -slope;
        }
        return new TermValue(losses, gradChosen, gradRejected, 0);
    }

    /** Losses chosen(beta * chosen log ratio) + rejected(beta * rejected log ratio). */
    static TermValue ofRewards(PreferenceBatch batch, double beta, Curve chosen, Curve rejected) {
        int pairs = batch.size();
        double[] losses = new double[pairs];
        double[] gradChosen = new double[pairs];
        double[] gradRejected = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            double chosenReward = beta * batch.chosenLogRatio(i);
            double rejectedReward = beta * batch.rejectedLogRatio(i);
            losses[i] = chosen.value().applyAsDouble(chosenReward)
                    + rejected.value().applyAsDouble(rejectedReward);
            gradChosen[i] = beta * chosen.slope().applyAsDouble(chosenReward) / pairs;
            gradRejected[i] = beta * rejected.slope().applyAsDouble(rejectedReward) / pairs;
        }
        return new TermValue(losses, gradChosen, gradRejected, 0);
    }

    /** The sum of two terms of the same pairs. */
    TermValue plus(TermValue other) {
        return new TermValue(
                add(losses, other.losses),
                add(gradChosen, other.gradChosen),
                add(gradRejected, other.gradRejected),
                gradNll + other.gradNll);
    }

    /** The numbers 0, 1, ..., n - 1. */
    static int[] identity(int n) {
        int[] result = new int[n];
        Arrays.setAll(result, i -> i);
        return result;
    }

    /** The indices 0..n-1 in ascending order of their keys; equal keys keep their order. */
    static int[] ascending(int n, IntToDoubleFunction key) {
        return Arrays.stream(identity(n))
                .boxed()
                .sorted((a, b) -> Double.compare(key.applyAsDouble(a), key.applyAsDouble(b)))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double[] add(double[] a, double[] b) {
        double[] sum = new double[a.length];
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return sum;
    }
}
