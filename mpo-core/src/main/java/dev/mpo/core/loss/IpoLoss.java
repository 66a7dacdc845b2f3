package dev.mpo.core.loss;

import java.util.Arrays;

/**
 * The squared distance of the per-token margin from its target: (c' - r' - 1 / (2 beta))^2, where c' and r' are the log
 * ratios divided by the number of labelled tokens of their answer.
 *
 * <p>Source: IPO, Azar et al., arXiv 2310.12036, equation 17; the averaging over tokens follows the authors' remark
 * that TRL implements. Rewards of this term are per token, too.
 *
 * @param beta strength of the tie to the reference, above 0
 */
public record IpoLoss(double beta) implements LossTerm {

    static final String NAME = "ipo";

    /** Checks the ranges of the parameters. */
    public IpoLoss {
        Ranges.requireBeta(beta);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isLengthNormalized() {
        return true;
    }

    @Override
    public TermValue evaluate(PreferenceBatch batch, double rewardShift) {
        TermValue perToken = TermValue.ofMargins(batch.perToken(), 1, Curve.square(1 / (2 * beta)));
        return new TermValue(
                perToken.losses(),
                divide(perToken.gradChosen(), batch.chosenLengths()),
                divide(perToken.gradRejected(), batch.rejectedLengths()),
                0);
    }

    private static double[] divide(double[] gradients, int[] lengths) {
        double[] result = new double[gradients.length];
        Arrays.setAll(result, i -> gradients[i] / lengths[i]);
        return result;
    }
}
