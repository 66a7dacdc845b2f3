package dev.mpo.core.loss;

/**
 * Self-play preference optimisation with hard labels: (c - 1 / (2 beta))^2 + (r + 1 / (2 beta))^2.
 *
 * <p>Source: SPPO, Wu et al., arXiv 2405.00675, section 4, with win probabilities 1 and 0.
 *
 * @param beta strength of the tie to the reference, above 0
 */
public record SppoHardLoss(double beta) implements LossTerm {

    static final String NAME = "sppo_hard";

    /** Checks the ranges of the parameters. */
    public SppoHardLoss {
        Ranges.requireBeta(beta);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public TermValue evaluate(PreferenceBatch batch, double rewardShift) {
        double target = 0.5 / beta;
        return TermValue.ofRewards(batch, 1, Curve.square(target), Curve.square(-target));
    }
}
