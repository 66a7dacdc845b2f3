package dev.mpo.core.loss;

import java.util.List;

/**
 * One summand of the training objective, with its own hyper-parameters.
 *
 * <p>Notation used by the implementations, per pair: c = policy minus reference log-probability of the chosen answer
 * (its log ratio), r = the same for the rejected answer, s = the logistic function, e = label smoothing, beta = how
 * strongly the policy is tied to the reference. The value of a term is the mean over the pairs of the micro-batch.
 */
public sealed interface LossTerm
        permits SigmoidLoss,
                HingeLoss,
                IpoLoss,
                BcoPairLoss,
                SppoHardLoss,
                NcaPairLoss,
                RobustLoss,
                AotLoss,
                AotPairLoss,
                ExoPairLoss,
                ApoZeroLoss,
                ApoDownLoss,
                SftLoss {

    /** The names that {@link #of} accepts, as they appear in configuration files. */
    List<String> NAMES = List.of(
            SigmoidLoss.NAME,
            HingeLoss.NAME,
            IpoLoss.NAME,
            BcoPairLoss.NAME,
            SppoHardLoss.NAME,
            NcaPairLoss.NAME,
            RobustLoss.NAME,
            AotLoss.NAME,
            AotPairLoss.NAME,
            ExoPairLoss.NAME,
            ApoZeroLoss.NAME,
            ApoDownLoss.NAME,
            SftLoss.NAME);

    /** The name of this kind of term in configuration files and metrics. */
    String name();

    /**
     * Computes losses and gradients.
     *
     * @param rewardShift the running mean reward, a constant for the gradient; only {@link BcoPairLoss} reads it
     */
    TermValue evaluate(PreferenceBatch batch, double rewardShift);

    /** Whether label smoothing changes this kind of term. */
    default boolean usesLabelSmoothing() {
        return false;
    }

    /** Whether the term compares answers with the reference model and so defines rewards; all but {@link SftLoss}. */
    default boolean isPreference() {
        return true;
    }

    /** Whether the term divides log-probabilities by the answer's length; only {@link IpoLoss}. */
    default boolean isLengthNormalized() {
        return false;
    }

    /**
     * Creates a term from its configured name.
     *
     * @throws IllegalArgumentException if the name is not in {@link #NAMES} or a parameter is out of range
     */
    static LossTerm of(String name, double beta, double labelSmoothing) {
        return switch (name) {
            case SigmoidLoss.NAME -> new SigmoidLoss(beta, labelSmoothing);
            case HingeLoss.NAME -> new HingeLoss(beta);
            case IpoLoss.NAME -> new IpoLoss(beta);
            case BcoPairLoss.NAME -> new BcoPairLoss(beta);
            case SppoHardLoss.NAME -> new SppoHardLoss(beta);
            case NcaPairLoss.NAME -> new NcaPairLoss(beta);
            case RobustLoss.NAME -> new RobustLoss(beta, labelSmoothing);
            case AotLoss.NAME -> new AotLoss(beta, labelSmoothing);
            case AotPairLoss.NAME -> new AotPairLoss(beta, labelSmoothing);
            case ExoPairLoss.NAME -> new ExoPairLoss(beta, labelSmoothing);
            case ApoZeroLoss.NAME -> new ApoZeroLoss(beta);
            case ApoDownLoss.NAME -> new ApoDownLoss(beta);
            case SftLoss.NAME -> new SftLoss();
            default -> throw new IllegalArgumentException("unknown loss term '" + name + "'; known: " + NAMES);
        };
    }
}
