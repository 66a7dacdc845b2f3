package dev.mpo.tools.demo;

import dev.mpo.data.synth.SyntheticDataset;
import dev.mpo.tools.report.Evaluation;
import dev.mpo.train.callback.TrainingSummary;

/**
 * What a demonstration came to.
 *
 * @param folder where everything is
 * @param data the pairs
 * @param numParameters parameters of the model
 * @param training the training run
 * @param evaluation scores of the held-out pairs before and after
 * @param seconds wall time of everything
 */
public record DemoResult(
        DemoFolder folder,
        SyntheticDataset data,
        long numParameters,
        TrainingSummary training,
        Evaluation evaluation,
        double seconds) {}
