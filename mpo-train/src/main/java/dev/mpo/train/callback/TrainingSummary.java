package dev.mpo.train.callback;

import dev.mpo.train.metrics.StepMetrics;
import java.nio.file.Path;

/**
 * What a run has done.
 *
 * @param steps optimizer steps
 * @param pairs pairs trained on
 * @param seconds wall time of the loop
 * @param first numbers of the first step
 * @param last numbers of the last step
 * @param badSamples rows that could not be used
 * @param export folder of the trained model
 */
public record TrainingSummary(
        long steps, long pairs, double seconds, StepMetrics first, StepMetrics last, long badSamples, Path export) {}
