package dev.mpo.train.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

/** Averages the micro-batches of one optimizer step. */
public final class StepAccumulator {

    private final Map<String, Double> sums = new LinkedHashMap<>();
    private int numMicroBatches;
    private double rewardShift;
    private long pairs;
    private long tokens;

    /** Adds one micro-batch; in a run of several ranks, all of them in the order of their positions in the data. */
    public void add(MicroBatchMetrics microBatch) {
        numMicroBatches++;
        microBatch.means().forEach((name, value) -> sums.merge(name, value, Double::sum));
        rewardShift = microBatch.rewardShift();
        pairs += microBatch.pairs();
        tokens += microBatch.tokens();
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
     * @param peakMemoryBytes largest memory of a process so far
     */
    public StepMetrics finish(StepTiming timing, double gradNorm, double learningRate, long peakMemoryBytes) {
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
                peakMemoryBytes);
    }
}
