package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.InterruptedRunException;
import dev.mpo.core.LongWait;
import dev.mpo.core.MpoException;
import dev.mpo.data.loader.LoaderHistory;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.metrics.StepMetrics;
import dev.mpo.train.optim.AdamW;
import dev.mpo.train.ranks.Team;
import dev.mpo.train.setup.RunDirectory;
import dev.mpo.train.setup.Training;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves a run every {@code checkpoint.save_steps} steps, always after its last step, and when it is asked to stop.
 *
 * <p>Weights and moments are copied in host memory and written while training goes on; where they do not fit there
 * twice, training waits. At most one checkpoint is being written at a time.
 */
public final class RunSaver implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunSaver.class);

    private final RunConfig settings;
    private final RunDirectory directory;
    private final Training training;
    private final Team team;
    private final long totalSteps;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "checkpoint");
        thread.setDaemon(true);
        return thread;
    });
    private Future<?> underWay = CompletableFuture.completedFuture(null);
    private @Nullable StepMetrics first;
    private @Nullable StepMetrics last;

    /**
     * Creates the saver of a run; it borrows everything.
     *
     * @param start where the run begins
     */
    public RunSaver(RunConfig settings, RunDirectory directory, Training training, RunState start, long totalSteps) {
        this.settings = settings;
        this.directory = directory;
        this.training = training;
        this.team = new Team(training.collectives());
        this.totalSteps = totalSteps;
        this.first = start.first();
        this.last = start.last();
    }

    /**
     * Takes note of a step whose numbers are recorded, and saves if it is time.
     *
     * @param progress the micro-batches and the data so far
     * @param progress asked if it is time, on all ranks
     * @param stop whether the run is to end here, the same on all ranks
     * @throws InterruptedRunException after saving, if the run is to end before its last step
     * @throws CheckpointException if this checkpoint or the one before it cannot be written
     */
    public void onStep(StepMetrics metrics, Supplier<Progress> progress, boolean stop) {
        first = first == null ? metrics : first;
        last = metrics;
        boolean ended = metrics.step() == totalSteps;
        int every = settings.checkpoint().saveSteps();
        // The last step is always saved, so that an export that fails loses nothing.
        boolean due = ended || (every > 0 && metrics.step() % every == 0);
        if (underWay.isDone()) {
            settle();
        }
        if (due || (stop && !ended)) {
            LongWait disk = LongWait.begin();
            try (disk) {
                settle();
                save(metrics, progress.get(), ended || stop);
            } catch (CheckpointException e) {
                if (!ended || every > 0 || team.size() > 1) {
                    throw e;
                }
                LOG.warn("the state after the last step cannot be saved ({}); the export comes next", e.getMessage());
            }
        }
        if (stop && !ended) {
            throw new InterruptedRunException("stopped by a signal after step " + metrics.step() + " of " + totalSteps
                    + "; the state is saved: continue with --resume");
        }
    }

    /**
     * How far a run has come.
     *
     * @param numMicroBatches micro-batches done by all ranks
     * @param position place in the order of the data at which the next pair is taken
     * @param loader rows that could not be used so far, by all ranks
     */
    public record Progress(long numMicroBatches, long position, LoaderHistory loader) {}

    private void save(StepMetrics metrics, Progress progress, boolean now) {
        long started = System.nanoTime();
        StepFolder target = StepFolder.of(directory.path(), metrics.step());
        StepFolder unfinished = new StepFolder(Folders.temporary(target.path()), metrics.step());
        CheckpointStore store = new CheckpointStore(directory.path());
        team.first(() -> CheckpointSave.prepare(store, unfinished, settings.toYaml(), state(metrics, progress)));
        AdamW optimizer = training.optimizer();
        boolean divided = optimizer.buffers().stream().anyMatch(buffer -> buffer.ownedLength() < buffer.length());
        if (divided || team.isFirst()) {
            CheckpointSave save = new CheckpointSave(
                    store,
                    unfinished,
                    divided ? training.collectives().rank() : 0,
                    divided ? team.size() : 1,
                    settings.checkpoint().keep());
            boolean beside = !now && Snapshot.fits(optimizer);
            Snapshot snapshot = Snapshot.of(optimizer, beside);
            underWay = writer.submit(() -> write(save, snapshot, target, started));
            if (!beside) {
                settle();
            }
        }
        if (now) {
            team.barrier();
        }
    }

    private void write(CheckpointSave save, Snapshot snapshot, StepFolder target, long started) {
        try (snapshot) {
            save.run(snapshot);
        }
        if (team.isFirst()) {
            LOG.info("saved {} in {} s", target.path(), Math.round((System.nanoTime() - started) / 1e8) / 10.0);
        }
    }

    /**
     * Takes note that the trained model is on the disk: without {@code checkpoint.save_steps} the checkpoint of the
     * last step has done its service and is removed.
     */
    public void exported() {
        if (settings.checkpoint().saveSteps() == 0) {
            team.first(
                    () -> removeLast(StepFolder.of(directory.path(), totalSteps).path()));
        }
    }

    private static void removeLast(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            LOG.warn("{} is no longer needed and cannot be removed: delete it by hand", folder);
        }
    }

    /** Waits for the checkpoint that is being written. A failure is thrown once, not again by {@link #close}. */
    private void settle() {
        Future<?> awaited = underWay;
        underWay = CompletableFuture.completedFuture(null);
        LongWait disk = LongWait.begin();
        try (disk) {
            awaited.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MpoException failure) {
                throw failure;
            }
            throw new IllegalStateException("a checkpoint could not be written", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedRunException("interrupted while a checkpoint is written");
        }
    }

    /** Waits for the checkpoint that is being written, if there is one. */
    @Override
    public void close() {
        writer.shutdown();
        settle();
    }

    private RunState state(StepMetrics metrics, Progress progress) {
        return new RunState(
                metrics.step(),
                progress.numMicroBatches(),
                team.size(),
                progress.position(),
                training.loss().rewardMoments().state(),
                progress.loader(),
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
