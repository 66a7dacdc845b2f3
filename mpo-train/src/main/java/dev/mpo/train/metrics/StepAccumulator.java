package dev.mpo.train.metrics;

import dev.mpo.core.loss.LossResult;
import dev.mpo.train.step.MicroBatchResult;
import java.util.LinkedHashMap;
import java.util.Map;

/** Averages the micro-batches of one optimizer step. */
public final class StepAccumulator {

    private final Map<String, Double> sums = new LinkedHashMap<>();
    private int numMicroBatches;
    private double rewardShift;
    private long pairs;
    private long tokens;

    /** Adds one micro-batch. */
    public void add(MicroBatchResult result) {
        LossResult loss = result.loss();
        numMicroBatches++;
        put("loss", loss.total());
        for (LossResult.TermMean term : loss.terms()) {
            put("loss/" + term.name(), term.mean());
        }
        put("nll_loss", loss.nll());
        put("rewards/chosen", loss.meanChosenReward());
        put("rewards/rejected", loss.meanRejectedReward());
        put("rewards/accuracies", loss.accuracy());
        put("rewards/margins", loss.meanMargin());
        put("logps/chosen", loss.meanChosenLogps());
        put("logps/rejected", loss.meanRejectedLogps());
        rewardShift = loss.rewardShift();
        pairs += result.numPairs();
        tokens += result.numTokens();
    }

    private void put(String name, double value) {
        sums.merge(name, value, Double::sum);
    }

    private double mean(String name) {
        return sums.getOrDefault(name, 0.0) / numMicroBatches;
    }

    /** Returns the mean loss so far. */
    public double meanLoss() {
        return mean("loss");
    }

    /** Returns the mean NLL so far. */
    public double meanNll() {
        return mean("nll_loss");
    }

    /**
     * Completes the step.
     *
     * @param timing wall time and place in the run
     * @param gradNorm norm of all gradients before clipping
     * @param learningRate learning rate of this step
     */
    public StepMetrics finish(StepTiming timing, double gradNorm, double learningRate) {
        Map<String, Double> terms = new LinkedHashMap<>();
        for (String name : sums.keySet()) {
            if (name.startsWith("loss/")) {
                terms.put(name, mean(name));
            }
        }
        return new StepMetrics(
                timing.step(),
                timing.epoch(),
                mean("loss"),
                terms,
                mean("nll_loss"),
                mean("rewards/chosen"),
                mean("rewards/rejected"),
                mean("rewards/accuracies"),
                mean("rewards/margins"),
                mean("logps/chosen"),
                mean("logps/rejected"),
                rewardShift,
                gradNorm,
                learningRate,
                pairs,
                tokens,
                timing.stepSeconds(),
                timing.dataSeconds(),
                ProcessMemory.peakResidentBytes());
    }
}
