package dev.mpo.core.loss;

/**
 * Distributional preference by optimal transport, paired: the logistic loss of beta times the difference between the
 * k-th smallest chosen log ratio and the k-th smallest rejected log ratio of the micro-batch.
 *
 * <p>Smoothing as in {@link SigmoidLoss}. Source: AOT, Melnyk et al., arXiv 2406.05882. With one pair it equals the
 * logistic loss.
 *
 * @param beta strength of the tie to the reference, above 0
 * @param labelSmoothing e, at least 0 and below 0.5
 */
public record AotPairLoss(double beta, double labelSmoothing) implements LossTerm {

    static final String NAME = "aot_pair";

    /** Checks the ranges of the parameters. */
    public AotPairLoss {
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
        int[] chosenOrder = TermValue.ascending(batch.size(), batch::chosenLogRatio);
        int[] rejectedOrder = TermValue.ascending(batch.size(), batch::rejectedLogRatio);
        return TermValue.ofLogRatios(batch, beta, Curve.smoothedLogistic(labelSmoothing), chosenOrder, rejectedOrder);
    }
}
