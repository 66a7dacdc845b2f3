package dev.mpo.core.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * A weighted sum of loss terms over one micro-batch, with the running reward shift that {@link BcoPairLoss} needs.
 *
 * <p>MPO (Wang et al., arXiv 2411.10442) is 0.8 sigmoid + 0.2 bco_pair + 1.0 sft. Whoever trains calls {@link #train}
 * once per micro-batch; {@link #evaluate} leaves the shift alone. Not thread-safe, because of the shift.
 */
public final class MixedPreferenceLoss {

    /**
     * A term and its weight.
     *
     * @param term the term
     * @param weight any finite number
     */
    public record Weighted(LossTerm term, double weight) {

        /** Checks that the weight is finite. */
        public Weighted {
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("the weight of " + term.name() + " must be finite, got " + weight);
            }
        }
    }

    private final double beta;
    private final List<Weighted> terms;
    private final RunningMoments rewardMoments = new RunningMoments();

    /**
     * Creates a mixture.
     *
     * @param beta the factor between log ratios and rewards, for the shift and for a mixture without preference terms
     * @throws IllegalArgumentException if there is no term, or beta is not a finite number above 0
     */
    public MixedPreferenceLoss(double beta, List<Weighted> terms) {
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("a loss needs at least one term; known: " + LossTerm.NAMES);
        }
        this.beta = Ranges.requireBeta(beta);
        this.terms = List.copyOf(terms);
    }

    /**
     * Creates a mixture from configured names.
     *
     * @throws IllegalArgumentException if the lists differ in length, a name is unknown, or a number is out of range
     */
    public static MixedPreferenceLoss of(List<String> types, List<Double> weights, double beta, double labelSmoothing) {
        if (types.size() != weights.size()) {
            throw new IllegalArgumentException(types.size() + " loss terms but " + weights.size() + " weights");
        }
        List<Weighted> terms = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            terms.add(new Weighted(LossTerm.of(types.get(i), beta, labelSmoothing), weights.get(i)));
        }
        return new MixedPreferenceLoss(beta, terms);
    }

    /** The terms in order. */
    public List<Weighted> terms() {
        return terms;
    }

    /** The moments behind the reward shift; read and restore their state for checkpoints. */
    public RunningMoments rewardMoments() {
        return rewardMoments;
    }

    /** Whether the mixture keeps a running reward shift, that is, holds a {@link BcoPairLoss}. */
    public boolean usesRewardShift() {
        return terms.stream().anyMatch(weighted -> weighted.term() instanceof BcoPairLoss);
    }

    /** As {@link #train(PreferenceBatch, DoubleFunction, int)}, for a run of one process. */
    public LossResult train(PreferenceBatch batch) {
        return train(batch, mean -> new double[] {mean}, 0);
    }

    /**
     * Feeds the micro-batch's mean reward to the running shift, if the mixture uses one, then computes the loss.
     *
     * <p>The micro-batches that several ranks compute at the same time count as if one process computed them one after
     * the other: each is shifted by the mean of all rewards up to its own, and the state afterwards holds all of them.
     * TRL shifts every rank by the mean that includes the later ranks as well, so that its losses depend on how many
     * devices compute the same batch.
     *
     * @param gather returns the given number of this rank together with those of all other ranks, in their order;
     *     called once per micro-batch, and only if the mixture uses the shift
     * @param rank the place of this rank's number among them
     */
    public LossResult train(PreferenceBatch batch, DoubleFunction<double[]> gather, int rank) {
        double shift = rewardMoments.mean();
        if (usesRewardShift()) {
            double[] rewards = gather.apply(meanReward(batch));
            for (int i = 0; i < rewards.length; i++) {
                rewardMoments.update(rewards[i]);
                shift = i == rank ? rewardMoments.mean() : shift;
            }
        }
        return evaluate(batch, shift);
    }

    /** Computes the loss with the present shift and changes nothing. */
    public LossResult evaluate(PreferenceBatch batch) {
        return evaluate(batch, rewardMoments.mean());
    }

    private LossResult evaluate(PreferenceBatch batch, double shift) {
        Sum sum = new Sum(batch.size());
        for (Weighted weighted : terms) {
            sum.add(weighted, weighted.term().evaluate(batch, shift));
        }
        boolean perToken = logsPerToken();
        PreferenceBatch logged = perToken ? batch.perToken() : batch;
        return new LossResult(
                sum.total,
                List.copyOf(sum.means),
                sum.gradChosen,
                sum.gradRejected,
                sum.gradNll,
                rewards(batch, true),
                rewards(batch, false),
                logged.policyChosenLogps(),
                logged.policyRejectedLogps(),
                batch.nll(),
                shift);
    }

    /**
     * The loss to expect at the first step, when policy and reference are the same model and all log ratios are 0.
     *
     * <p>For MPO's default mixture: 0.8 log 2 + 0.2 * 2 log 2 + nll = 0.8318 + nll.
     */
    public double expectedAtStart(double nll) {
        double[] zero = {0};
        PreferenceBatch start = PreferenceBatch.of(zero, zero, zero, zero, nll);
        return terms.stream()
                .mapToDouble(w -> w.weight() * w.term().evaluate(start, 0).mean())
                .sum();
    }

    private double meanReward(PreferenceBatch batch) {
        double sum = 0;
        for (int i = 0; i < batch.size(); i++) {
            sum += batch.round(beta * batch.chosenLogRatio(i)) + batch.round(beta * batch.rejectedLogRatio(i));
        }
        return batch.round(sum / (2.0 * batch.size()));
    }

    private boolean logsPerToken() {
        List<Weighted> preferences =
                terms.stream().filter(w -> w.term().isPreference()).toList();
        return !preferences.isEmpty()
                && preferences.stream().allMatch(w -> w.term().isLengthNormalized());
    }

    private double[] rewards(PreferenceBatch batch, boolean chosen) {
        PreferenceBatch perToken = batch.perToken();
        double[] rewards = new double[batch.size()];
        boolean preference = terms.stream().anyMatch(w -> w.term().isPreference());
        if (!preference) {
            addRewards(rewards, batch, 1, chosen);
        }
        for (Weighted weighted : terms) {
            LossTerm term = weighted.term();
            if (term.isPreference()) {
                addRewards(rewards, term.isLengthNormalized() ? perToken : batch, weighted.weight(), chosen);
            }
        }
        return rewards;
    }

    private void addRewards(double[] rewards, PreferenceBatch batch, double weight, boolean chosen) {
        for (int i = 0; i < rewards.length; i++) {
            rewards[i] += weight * beta * (chosen ? batch.chosenLogRatio(i) : batch.rejectedLogRatio(i));
        }
    }

    /** The running weighted sum over terms. */
    private static final class Sum {
        private final double[] gradChosen;
        private final double[] gradRejected;
        private final List<LossResult.TermMean> means = new ArrayList<>();
        private double total;
        private double gradNll;

        Sum(int pairs) {
            gradChosen = new double[pairs];
            gradRejected = new double[pairs];
        }

        void add(Weighted weighted, TermValue value) {
            double weight = weighted.weight();
            means.add(new LossResult.TermMean(weighted.term().name(), weight, value.mean()));
            total += weight * value.mean();
            gradNll += weight * value.gradNll();
            Arrays.setAll(gradChosen, i -> gradChosen[i] + weight * value.gradChosen()[i]);
            Arrays.setAll(gradRejected, i -> gradRejected[i] + weight * value.gradRejected()[i]);
        }
    }
}
