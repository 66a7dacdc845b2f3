package dev.mpo.train.callback;

/**
 * What a run is about to do.
 *
 * @param totalSteps optimizer steps
 * @param pairsPerStep pairs of one optimizer step
 * @param pairsPerEpoch pairs of one pass over the data
 * @param numParameters parameters of the model
 * @param numTrained parameters that are trained
 */
public record RunPlan(long totalSteps, long pairsPerStep, long pairsPerEpoch, long numParameters, long numTrained) {}
