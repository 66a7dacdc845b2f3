package dev.mpo.train;

import dev.mpo.train.config.RunConfig;
import dev.mpo.train.config.TrainSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Divides {@code train.global_batch_size} among the ranks and micro-batches of a run. */
final class GlobalBatch {

    private static final Logger LOG = LoggerFactory.getLogger(GlobalBatch.class);

    private GlobalBatch() {}

    /**
     * Returns the settings with the number of micro-batches that makes the global batch size; unchanged without one.
     *
     * @throws dev.mpo.core.ConfigException if it cannot be shared evenly
     */
    static RunConfig resolve(RunConfig settings, int ranks) {
        TrainSettings train = settings.train();
        int steps = train.accumulationSteps(ranks);
        if (steps == train.gradientAccumulationSteps()) {
            return settings;
        }
        LOG.info(
                "global batch {}: {} ranks x {} pairs x {} micro-batches per optimizer step",
                train.globalBatchSize(),
                ranks,
                train.perDeviceBatchSize(),
                steps);
        return settings.with("train.gradient_accumulation_steps=" + steps);
    }
}
