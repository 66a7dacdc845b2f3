package dev.mpo.train.checkpoint;

import dev.mpo.core.ConfigException;
import dev.mpo.core.loss.RunningMoments;
import dev.mpo.data.loader.LoaderHistory;
import dev.mpo.train.metrics.StepMetrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a run stands after an optimizer step: everything beside weights and moments on which the next step depends.
 *
 * <p>Random numbers need no state of their own: they are functions of the seed and of the counters here.
 *
 * @param step optimizer steps done
 * @param numMicroBatches micro-batches done by all ranks, from which dropped paths are drawn
 * @param ranks the processes of the run
 * @param position place in the order of the data at which the next pair is taken
 * @param rewardMoments the running reward shift
 * @param loader rows that could not be used so far, by all ranks
 * @param data the data sets that the position counts through
 * @param metricsBytes length of {@code metrics.jsonl}
 * @param badSamplesBytes length of {@code bad_samples.jsonl}
 * @param first numbers of the run's first step
 * @param last numbers of this step
 */
public record RunState(
        long step,
        long numMicroBatches,
        int ranks,
        long position,
        RunningMoments.State rewardMoments,
        LoaderHistory loader,
        List<DataSize> data,
        long metricsBytes,
        long badSamplesBytes,
        @Nullable StepMetrics first,
        @Nullable StepMetrics last) {

    /**
     * The size of a data set, by which another one is recognised.
     *
     * @param name its name in the meta file
     * @param rows lines of its annotation file
     * @param pairsPerEpoch pairs that it gives per epoch
     */
    public record DataSize(String name, long rows, long pairsPerEpoch) {}

    /** The state before the first step. */
    public static final RunState START =
            new RunState(0, 0, 1, 0, RunningMoments.State.INITIAL, LoaderHistory.NONE, List.of(), 0, 0, null, null);

    /**
     * Refuses a run that would end before this state.
     *
     * @throws ConfigException naming both steps
     */
    public void requireWithin(long totalSteps) {
        if (step > totalSteps) {
            throw new ConfigException("train.max_steps: the newest checkpoint is at step " + step
                    + ", but the settings end the run at step " + totalSteps
                    + "; raise train.max_steps or train.epochs");
        }
    }

    /** Copies the list. */
    public RunState {
        data = List.copyOf(data);
    }
}
