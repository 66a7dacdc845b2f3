package dev.mpo.train.config;

import dev.mpo.core.ConfigException;
import dev.mpo.train.optim.LrSchedule;
import dev.mpo.train.optim.WeightDecayGrouping;
import org.jspecify.annotations.Nullable;

/**
 * {@code train.*}: the course of the run and the optimizer.
 *
 * @param epochs passes over the data
 * @param maxSteps optimizer steps, overriding epochs; absent = as many as the epochs need
 * @param perDeviceBatchSize pairs per micro-batch
 * @param gradientAccumulationSteps micro-batches per optimizer step
 * @param globalBatchSize pairs of an optimizer step over all devices, replacing gradientAccumulationSteps; absent = as
 *     many as these and the number of devices make
 * @param learningRate peak learning rate
 * @param lrScheduler shape of the learning rate over the run
 * @param warmupRatio share of the steps with a rising learning rate
 * @param weightDecay decoupled weight decay
 * @param weightDecayGrouping which parameters are decayed
 * @param adamBeta1 decay of the first moment
 * @param adamBeta2 decay of the second moment
 * @param adamEpsilon added to the root of the second moment
 * @param maxGradNorm global gradient norm beyond which gradients are scaled down; 0 = never
 * @param onNonfinite what happens when a loss or the gradients are not finite
 * @param seed seed of all randomness
 * @param precision number format of weights and activations
 * @param recompute whether activations are kept or computed again for the backward pass
 * @param numThreads CPU threads of the tensor library; absent = all cores
 */
public record TrainSettings(
        @Range(above = 0) double epochs,
        @Range(min = 1) @Nullable Integer maxSteps,
        @Range(min = 1) int perDeviceBatchSize,
        @Range(min = 1) int gradientAccumulationSteps,
        @Range(min = 1) @Nullable Integer globalBatchSize,
        @Range(min = 0) double learningRate,
        LrSchedule.Kind lrScheduler,
        @Range(min = 0, max = 1) double warmupRatio,
        @Range(min = 0) double weightDecay,
        WeightDecayGrouping weightDecayGrouping,
        @Range(min = 0, below = 1) double adamBeta1,
        @Range(min = 0, below = 1) double adamBeta2,
        @Range(above = 0) double adamEpsilon,
        @Range(min = 0) double maxGradNorm,
        OnNonfinite onNonfinite,
        @Range(min = 0) long seed,
        Precision precision,
        Recompute recompute,
        @Range(min = 1) @Nullable Integer numThreads) {

    /**
     * Returns the micro-batches per optimizer step on a number of ranks.
     *
     * @throws ConfigException if the global batch size is not a multiple of what one micro-batch of all ranks takes
     */
    public int accumulationSteps(int ranks) {
        if (globalBatchSize == null) {
            return gradientAccumulationSteps;
        }
        long atOnce = (long) perDeviceBatchSize * ranks;
        if (globalBatchSize % atOnce != 0) {
            long below = globalBatchSize / atOnce * atOnce;
            throw new ConfigException(
                    "train.global_batch_size=" + globalBatchSize + " cannot be shared evenly by " + ranks
                            + " ranks with train.per_device_batch_size=" + perDeviceBatchSize
                            + ": it must be a multiple of " + atOnce
                            + "; the nearest are " + (below == 0 ? "" : below + " and ") + (below + atOnce));
        }
        return Math.toIntExact(globalBatchSize / atOnce);
    }

    /** Number format of weights and activations. */
    public enum Precision {
        /** bf16 on CUDA, fp32 on the CPU. */
        AUTO,
        /** 32-bit floating point. */
        FP32,
        /** bfloat16, with float32 master weights. */
        BF16
    }

    /** What happens when a loss or the gradients are not finite. */
    public enum OnNonfinite {
        /** The run ends with exit code 5. */
        STOP,
        /** The step is left out: weights, moments and reward shift stay as they were. The samples are named. */
        SKIP
    }

    /** What happens to activations between the forward and the backward pass. */
    public enum Recompute {
        /** They are kept. */
        NONE,
        /** Only each stage's input is kept; the rest is computed again. */
        FULL,
        /** Decided by the free memory. */
        AUTO
    }
}
