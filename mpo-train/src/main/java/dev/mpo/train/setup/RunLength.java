package dev.mpo.train.setup;

import dev.mpo.train.config.TrainSettings;

/**
 * How long a run is.
 *
 * @param steps optimizer steps
 * @param pairsPerStep pairs of one optimizer step
 */
public record RunLength(long steps, long pairsPerStep) {

    /** Computes the length from the settings and the number of pairs of an epoch. */
    public static RunLength of(TrainSettings train, long pairsPerEpoch) {
        long pairsPerStep = (long) train.perDeviceBatchSize() * train.gradientAccumulationSteps();
        long steps = train.maxSteps() != null
                ? train.maxSteps()
                : Math.max(1, (long) (pairsPerEpoch * train.epochs() / pairsPerStep));
        return new RunLength(steps, pairsPerStep);
    }

    /** Returns the number of pairs of the whole run. */
    public long pairs() {
        return steps * pairsPerStep;
    }
}
