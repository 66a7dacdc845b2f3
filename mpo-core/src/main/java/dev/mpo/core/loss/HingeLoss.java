package dev.mpo.core.loss;

/**
 * The hinge loss on the margin: max(0, 1 - beta (c - r)).
 *
 * <p>Source: SLiC-HF, Zhao et al., arXiv 2305.10425, with the normalised likelihoods of RSO, arXiv 2309.06657. The
 * slope at the kink is 0, as in PyTorch.
 *
 * @param beta strength of the tie to the reference, above 0
 */
public record HingeLoss(double beta) implements LossTerm {

    static final String NAME = "hinge";

    /** Checks the ranges of the parameters. */
    public HingeLoss {
        Ranges.requireBeta(beta);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public TermValue evaluate(PreferenceBatch batch, double rewardShift) {
        Curve hinge = new Curve(z -> Math.max(0, 1 - z), z -> z < 1 ? -1 : 0);
        return TermValue.ofMargins(batch, beta, hinge);
    }
}
