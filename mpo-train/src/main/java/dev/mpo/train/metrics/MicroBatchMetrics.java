package dev.mpo.train.metrics;

import dev.mpo.core.loss.LossResult;
import dev.mpo.train.step.MicroBatchResult;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers of one micro-batch, as one rank tells them to the others.
 *
 * @param means by the names of {@link StepMetrics}: what is averaged over the micro-batches of a step
 * @param rewardShift the running reward shift that it was computed with
 * @param pairs its pairs
 * @param tokens tokens that the policy read
 */
public record MicroBatchMetrics(Map<String, Double> means, double rewardShift, long pairs, long tokens) {

    /** Copies the means, in their order. */
    public MicroBatchMetrics {
        means = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(means));
    }

    /** Returns the numbers of a result. */
    public static MicroBatchMetrics of(MicroBatchResult result) {
        LossResult loss = result.loss();
        Map<String, Double> means = new LinkedHashMap<>();
        means.put("loss", loss.total());
        for (LossResult.TermMean term : loss.terms()) {
            means.put("loss/" + term.name(), term.mean());
        }
        means.put("nll_loss", loss.nll());
        means.put("rewards/chosen", loss.meanChosenReward());
        means.put("rewards/rejected", loss.meanRejectedReward());
        means.put("rewards/accuracies", loss.accuracy());
        means.put("rewards/margins", loss.meanMargin());
        means.put("logps/chosen", loss.meanChosenLogps());
        means.put("logps/rejected", loss.meanRejectedLogps());
        return new MicroBatchMetrics(means, loss.rewardShift(), result.numPairs(), result.numTokens());
    }
}
