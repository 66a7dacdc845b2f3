package dev.mpo.core.loss;

/**
 * An unbiased estimate of the logistic loss when a share e of the labels is flipped: (-(1 - e) log s(beta (c - r)) + e
 * log s(-beta (c - r))) / (1 - 2 e).
 *
 * <p>Source: robust DPO, Chowdhury et al., arXiv 2403.00409, equation 12.
 *
 * @param beta strength of the tie to the reference, above 0
 * @param labelSmoothing e, at least 0 and below 0.5
 */
public record RobustLoss(double beta, double labelSmoothing) implements LossTerm {

    static final String NAME = "robust";

    /** Checks the ranges of the parameters. */
    public RobustLoss {
        Ranges.requireBeta(beta);
        Ranges.requireSmoothing(labelSmoothing);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean usesLabelSmoothing() {
        return true;
    }

    @Override
    public TermValue evaluate(PreferenceBatch batch, double rewardShift) {
        Curve right = Curve.LOGISTIC.times(1 - labelSmoothing);
        Curve flipped = Curve.LOGISTIC.mirrored().times(-labelSmoothing);
        return TermValue.ofMargins(batch, beta, right.plus(flipped).times(1 / (1 - 2 * labelSmoothing)));
    }
}
