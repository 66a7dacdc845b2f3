package dev.mpo.core.loss;

/**
 * Noise-contrastive alignment on pairs: -log s(beta c) - 1/2 log s(-beta c) - 1/2 log s(-beta r).
 *
 * <p>Source: NCA, Chen et al., arXiv 2402.05369, for two answers per prompt.
 *
 * @param beta strength of the tie to the reference, above 0
 */
public record NcaPairLoss(double beta) implements LossTerm {

    static final String NAME = "nca_pair";

    /** Checks the ranges of the parameters. */
    public NcaPairLoss {
        Ranges.requireBeta(beta);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public TermValue evaluate(PreferenceBatch batch, double rewardShift) {
        Curve away = Curve.LOGISTIC.mirrored().times(0.5);
        return TermValue.ofRewards(batch, beta, Curve.LOGISTIC.plus(away), away);
    }
}
