package dev.mpo.core.loss;

/**
 * Anchored preference, pushing chosen answers up and rejected answers down: 1 - s(beta c) + s(beta r).
 *
 * <p>Source: APO-zero, D'Oosterlinck et al., arXiv 2408.06266, equation 7; for chosen answers that are better than the
 * policy's own.
 *
 * @param beta strength of the tie to the reference, above 0
 */
public record ApoZeroLoss(double beta) implements LossTerm {

    static final String NAME = "apo_zero";

    /** Checks the ranges of the parameters. */
    public ApoZeroLoss {
        Ranges.requireBeta(beta);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public TermValue evaluate(PreferenceBatch batch, double rewardShift) {
        return TermValue.ofRewards(batch, beta, Curve.SIGMOID.mirrored(), Curve.SIGMOID);
    }
}
