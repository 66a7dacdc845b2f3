package dev.mpo.core.loss;

/**
 * The logistic loss on the margin: -(1 - e) log s(beta (c - r)) - e log s(-beta (c - r)).
 *
 * <p>Source: DPO, Rafailov et al., arXiv 2305.18290, equation 7; with e above 0 the conservative variant of Mitchell's
 * note "cDPO". The preference term L_p of MPO.
 *
 * @param beta strength of the tie to the reference, above 0
 * @param labelSmoothing e, at least 0 and below 0.5
 */
public record SigmoidLoss(double beta, double labelSmoothing) implements LossTerm {

    static final String NAME = "sigmoid";

    /** Checks the ranges of the parameters. */
    public SigmoidLoss {
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
        return TermValue.ofMargins(batch, beta, Curve.smoothedLogistic(labelSmoothing));
    }
}
