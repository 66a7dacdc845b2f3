package dev.mpo.core.loss;

/**
 * The absolute quality of each answer, judged against the running mean reward d: -log s(beta c - d) - log s(-(beta r -
 * d)).
 *
 * <p>Source: BCO, Jung et al., arXiv 2404.04656, on paired data. The quality term L_q of MPO. The shift d is no
 * variable of the gradient; see {@link RunningMoments}.
 *
 * @param beta strength of the tie to the reference, above 0
 */
public record BcoPairLoss(double beta) implements LossTerm {

    static final String NAME = "bco_pair";

    /** Checks the ranges of the parameters. */
    public BcoPairLoss {
        Ranges.requireBeta(beta);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public TermValue evaluate(PreferenceBatch batch, double rewardShift) {
        Curve chosen = Curve.LOGISTIC.shifted(rewardShift);
        Curve rejected = Curve.LOGISTIC.mirrored().shifted(rewardShift);
        return TermValue.ofRewards(batch, beta, chosen, rejected);
    }
}
