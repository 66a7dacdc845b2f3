package dev.mpo.core.loss;

/**
 * The reverse KL divergence between the label distribution (1 - e, e) and the policy's (s(z), s(-z)), z = beta (c - r):
 * s(z) (log s(z) - log(1 - e)) + s(-z) (log s(-z) - log e).
 *
 * <p>Source: EXO, Ji et al., arXiv 2402.00856, equation 16. It is infinite at e = 0, so this term reads 0 as 0.001, as
 * TRL does. TRL keeps the replaced value for every loss computed afterwards; here it stays inside this term.
 *
 * @param beta strength of the tie to the reference, above 0
 * @param labelSmoothing e, at least 0 and below 0.5
 */
public record ExoPairLoss(double beta, double labelSmoothing) implements LossTerm {

    static final String NAME = "exo_pair";

    private static final double SMALLEST_SMOOTHING = 1e-3;

    /** Checks the ranges of the parameters. */
    public ExoPairLoss {
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
        double e = labelSmoothing == 0 ? SMALLEST_SMOOTHING : labelSmoothing;
        double priorLogit = Math.log1p(-e) - Math.log(e);
        Curve divergence = new Curve(
                z -> Curve.sigmoid(z) * (-Curve.softplus(-z) - Math.log1p(-e))
                        + Curve.sigmoid(-z) * (-Curve.softplus(z) - Math.log(e)),
                z -> Curve.sigmoid(z) * Curve.sigmoid(-z) * (z - priorLogit));
        return TermValue.ofMargins(batch, beta, divergence);
    }
}
