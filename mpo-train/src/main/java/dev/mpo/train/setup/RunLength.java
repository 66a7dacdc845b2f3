package dev.mpo.train.setup;

import dev.mpo.core.ConfigException;
import dev.mpo.train.config.TrainSettings;

/**
 * How long a run is.
 *
 * @param steps optimizer steps
 * @param pairsPerStep pairs of one optimizer step, over all ranks
 */
public record RunLength(long steps, long pairsPerStep) {

    /**
     * Computes the length from the settings, the number of pairs of an epoch and the number of ranks.
     *
     * @throws ConfigException if it is more steps than can be counted
     */
    public static RunLength of(TrainSettings train, long pairsPerEpoch, int ranks) {
        long pairsPerStep = (long) train.perDeviceBatchSize() * train.gradientAccumulationSteps() * ranks;
        if (train.maxSteps() != null) {
            return new RunLength(train.maxSteps(), pairsPerStep);
        }
        double steps = Math.max(1, Math.floor(pairsPerEpoch * train.epochs() / pairsPerStep));
        if (steps > Integer.MAX_VALUE) {
            throw new ConfigException("train.epochs: " + train.epochs() + " passes over " + pairsPerEpoch
                    + " pairs would be " + steps + " optimizer steps, expected at most " + Integer.MAX_VALUE
                    + "; lower it, or set train.max_steps");
        }
        return new RunLength((long) steps, pairsPerStep);
    }

    /** Returns the number of pairs of the whole run. */
    public long pairs() {
        return steps * pairsPerStep;
    }
}
