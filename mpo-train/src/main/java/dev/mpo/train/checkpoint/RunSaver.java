package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.InterruptedRunException;
import dev.mpo.data.loader.PairLoader;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.metrics.StepMetrics;
import dev.mpo.train.setup.RunDirectory;
import dev.mpo.train.setup.Training;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Saves a run every {@code checkpoint.save_steps} steps, after its last step, and when it is asked to stop. */
public final class RunSaver {

    private static final Logger LOG = LoggerFactory.getLogger(RunSaver.class);

    private final RunConfig settings;
    private final RunDirectory directory;
    private final Training training;
    private final PairLoader loader;
    private final long totalSteps;
    private @Nullable StepMetrics first;
    private @Nullable StepMetrics last;

    /**
     * Creates the saver of a run; it borrows everything.
     *
     * @param start where the run begins
     */
    public RunSaver(
            RunConfig settings,
            RunDirectory directory,
            Training training,
            PairLoader loader,
            RunState start,
            long totalSteps) {
        this.settings = settings;
        this.directory = directory;
        this.training = training;
        this.loader = loader;
        this.totalSteps = totalSteps;
        this.first = start.first();
        this.last = start.last();
    }

    /**
     * Takes note of a step whose numbers are recorded, and saves if it is time.
     *
     * @param numMicroBatches micro-batches of the run so far
     * @param stop whether the run is to end here
     * @throws InterruptedRunException after saving, if the run is to end before its last step
     */
    public void onStep(StepMetrics metrics, long numMicroBatches, boolean stop) {
        first = first == null ? metrics : first;
        last = metrics;
        boolean ended = metrics.step() == totalSteps;
        int every = settings.checkpoint().saveSteps();
        boolean due = every > 0 && (ended || metrics.step() % every == 0);
        if (due || (stop && !ended)) {
            long started = System.nanoTime();
            Path saved =
                    new CheckpointStore(directory.path()).save(training, settings, state(metrics, numMicroBatches));
            LOG.info("saved {} in {} s", saved, Math.round((System.nanoTime() - started) / 1e8) / 10.0);
        }
        if (stop && !ended) {
            throw new InterruptedRunException("stopped by a signal after step " + metrics.step() + " of " + totalSteps
                    + "; the state is saved: continue with --resume");
        }
    }

    private RunState state(StepMetrics metrics, long numMicroBatches) {
        return new RunState(
                metrics.step(),
                numMicroBatches,
                loader.cursor(),
                training.loss().rewardMoments().state(),
                loader.history(),
                ResumeRules.sizes(training.data().datasets()),
                bytesOnDisk(directory.metrics()),
                bytesOnDisk(directory.badSamples()),
                first,
                metrics);
    }

    private static long bytesOnDisk(Path file) {
        if (!Files.exists(file)) {
            return 0;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
            return channel.size();
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be brought to the disk: " + e, e);
        }
    }

    /** Returns the numbers of the run's first step, over all continuations. */
    public StepMetrics first() {
        return known(first);
    }

    /** Returns the numbers of the run's latest step. */
    public StepMetrics last() {
        return known(last);
    }

    private static StepMetrics known(@Nullable StepMetrics metrics) {
        if (metrics == null) {
            throw new IllegalStateException("no step has been taken");
        }
        return metrics;
    }
}
