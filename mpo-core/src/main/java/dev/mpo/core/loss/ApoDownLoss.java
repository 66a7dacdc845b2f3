package dev.mpo.core.loss;

/**
 * Anchored preference, pushing both answers down, the rejected one further: s(beta c) + 1 - s(beta (c - r)).
 *
 * <p>Source: APO-down, D'Oosterlinck et al., arXiv 2408.06266, equation 8; for policies that are better than the chosen
 * answers.
 *
 * @param beta strength of the tie to the reference, above 0
 */
public record ApoDownLoss(double beta) implements LossTerm {

    static final String NAME = "apo_down";

    /** Checks the ranges of the parameters. */
    public ApoDownLoss {
        Ranges.requireBeta(beta);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public TermValue evaluate(PreferenceBatch batch, double rewardShift) {
        TermValue anchor = TermValue.ofRewards(batch, beta, Curve.SIGMOID, Curve.ZERO);
        int[] order = TermValue.identity(batch.size());
        return anchor.plus(TermValue.ofLogRatios(batch, beta, Curve.SIGMOID.mirrored(), order, order));
    }
}
