package dev.mpo.core.loss;

/**
 * Distributional preference by optimal transport, unpaired over the micro-batch: the logistic loss of beta times the
 * difference between the k-th smallest policy margin and the k-th smallest reference margin.
 *
 * <p>Policy margin = policy log-probability of chosen minus rejected; smoothing as in {@link SigmoidLoss}. Source: AOT,
 * Melnyk et al., arXiv 2406.05882. With one pair it equals the logistic loss.
 *
 * @param beta strength of the tie to the reference, above 0
 * @param labelSmoothing e, at least 0 and below 0.5
 */
public record AotLoss(double beta, double labelSmoothing) implements LossTerm {

    static final String NAME = "aot";

    /** Checks the ranges of the parameters. */
    public AotLoss {
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
        int[] policyOrder = TermValue.ascending(batch.size(), batch::policyMargin);
        int[] referenceOrder = TermValue.ascending(batch.size(), batch::referenceMargin);
        return TermValue.ofMargins(batch, beta, Curve.smoothedLogistic(labelSmoothing), policyOrder, referenceOrder);
    }
}
