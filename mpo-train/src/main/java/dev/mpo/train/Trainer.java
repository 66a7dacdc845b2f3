package dev.mpo.train;

import dev.mpo.core.InterruptedRunException;
import dev.mpo.core.LongWait;
import dev.mpo.core.RankFailedException;
import dev.mpo.core.TrainingDivergedException;
import dev.mpo.core.model.ParameterBuffer;
import dev.mpo.core.tensor.Device;
import dev.mpo.data.loader.PairLoader;
import dev.mpo.data.loader.SampleOrder;
import dev.mpo.train.callback.Callback;
import dev.mpo.train.callback.RunPlan;
import dev.mpo.train.callback.TrainingSummary;
import dev.mpo.train.checkpoint.CheckpointStore;
import dev.mpo.train.checkpoint.RunSaver;
import dev.mpo.train.checkpoint.RunStart;
import dev.mpo.train.checkpoint.RunState;
import dev.mpo.train.config.ParallelSettings;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.metrics.StepMetrics;
import dev.mpo.train.ranks.Collectives;
import dev.mpo.train.ranks.Ranks;
import dev.mpo.train.ranks.Team;
import dev.mpo.train.ranks.WaitLimits;
import dev.mpo.train.setup.Placement;
import dev.mpo.train.setup.Provenance;
import dev.mpo.train.setup.ReferenceProgress;
import dev.mpo.train.setup.RunDirectory;
import dev.mpo.train.setup.RunLength;
import dev.mpo.train.setup.RunLock;
import dev.mpo.train.setup.Training;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The training loop: pairs in, optimizer steps, numbers and a trained model out.
 *
 * <p>{@link #train} does what {@code mpo train} does. The loop alone is here; {@link Training} builds the parts,
 * {@link TrainingLoop} does the steps.
 */
public final class Trainer {

    private final RunConfig settings;
    private final RunDirectory directory;
    private final List<Callback> callbacks;
    private final List<Callback> listeners;

    /** Callbacks watch the run; listeners are asked whether it is to stop. */
    private Trainer(RunConfig settings, RunDirectory directory, List<Callback> callbacks, List<Callback> listeners) {
        this.settings = settings;
        this.directory = directory;
        this.callbacks = List.copyOf(callbacks);
        this.listeners = List.copyOf(listeners);
    }

    /**
     * Trains a model and writes it, with everything that a run records, to an output folder. In a process that a
     * launcher started as one of several, all of them train together; every one of them calls this with the same
     * arguments, and the first one alone writes to the folder and calls the observers.
     *
     * @param settings with at least {@code model.path} and {@code data.meta}
     * @param output a new or empty folder, which all processes see
     * @param callbacks observers
     * @throws dev.mpo.core.MpoException saying what is wrong with the settings, the data or the model, or that the loss
     *     is no longer a number. Of several processes, one that fails for a reason of its own should end, for the
     *     others wait for it until they notice
     */
    public static TrainingSummary train(RunConfig settings, Path output, Callback... callbacks) {
        if (settings.train().numThreads() != null) {
            dev.mpo.core.tensor.TorchRuntime.setNumThreads(settings.train().numThreads());
        }
        Ranks ranks = Ranks.discover(System.getenv());
        Device device = Placement.of(settings.train(), ranks.localRank()).device();
        Collectives collectives = Collectives.open(ranks, device, limits(settings.parallel()));
        try {
            TrainingSummary summary =
                    train(GlobalBatch.resolve(settings, ranks.size()), output, collectives, callbacks);
            collectives.close();
            return summary;
        } catch (InterruptedRunException | TrainingDivergedException e) {
            collectives.close(); // all ranks come here
            throw e;
        } catch (RankFailedException e) {
            throw e; // the rank that failed tells why
        } catch (RuntimeException | Error e) {
            collectives.fail(String.valueOf(e.getMessage()), Team.exitCode(e));
            throw e; // the ranks do not part in order: this one's process ends, and so do theirs
        }
    }

    private static WaitLimits limits(ParallelSettings settings) {
        return new WaitLimits(
                Duration.ofSeconds(settings.timeoutSeconds()), Duration.ofSeconds(settings.stallSeconds()));
    }

    private static TrainingSummary train(
            RunConfig settings, Path output, Collectives collectives, Callback... callbacks) {
        Team team = new Team(collectives);
        team.first(() -> RunStart.requireUsable(settings, output));
        AtomicReference<@Nullable RunLock> lock = new AtomicReference<>();
        try {
            team.first(() -> lock.set(RunLock.acquire(output)));
            return train(settings, output, RunStart.find(settings, output, team), team, callbacks);
        } finally {
            RunLock held = lock.get();
            if (held != null) {
                held.close();
            }
        }
    }

    private static TrainingSummary train(
            RunConfig settings, Path output, RunStart start, Team team, Callback... callbacks) {
        ReferenceProgress progress = (done, total) -> {
            for (Callback callback : callbacks) {
                callback.onReference(done, total);
            }
        };
        ReferenceProgress unseen = (done, total) -> {};
        try (Training training =
                Training.open(settings, output, team.collectives(), team.isFirst() ? progress : unseen)) {
            RunDirectory directory = new RunDirectory(output);
            RunState state = start.begin(training, team);
            if (!team.isFirst()) {
                return new Trainer(settings, directory, List.of(), List.of(callbacks)).run(training, state);
            }
            directory.writeConfig(settings);
            directory.writeProvenance(Provenance.describe(
                    settings, training.folder().path(), training.data().datasets()));
            try (RunRecords records = RunRecords.open(directory, settings, List.of(callbacks))) {
                List<Callback> observers = new ArrayList<>(List.of(records));
                observers.addAll(List.of(callbacks));
                return new Trainer(settings, directory, observers, observers).run(training, state);
            }
        }
    }

    private TrainingSummary run(Training training, RunState start) {
        Team team = new Team(training.collectives());
        SampleOrder order = training.data().trainingOrder();
        RunPlan plan = plan(training, order);
        start.requireWithin(plan.totalSteps());
        callbacks.forEach(c -> c.onStart(plan));
        long end = plan.totalSteps() * plan.pairsPerStep();
        long started = System.nanoTime();
        StepMetrics first;
        StepMetrics last;
        long bad;
        try (PairLoader loader = training.data()
                        .load(
                                order,
                                start.position(),
                                end,
                                directory.badSamples(),
                                team.collectives().ranks());
                RunSaver saver = new RunSaver(settings, directory, training, start, plan.totalSteps())) {
            loader.restore(start.loader());
            TrainingLoop loop = new TrainingLoop(settings, training, loader, plan, start.numMicroBatches(), callbacks);
            for (long step = start.step() + 1; step <= plan.totalSteps(); step++) {
                StepMetrics metrics = loop.step(Math.toIntExact(step));
                callbacks.forEach(c -> c.onStep(metrics));
                boolean stop = team.any(listeners.stream().anyMatch(Callback::stopRequested));
                saver.onStep(metrics, loop::progress, stop);
            }
            first = saver.first();
            last = saver.last();
            bad = loader.stats().bad();
            LongWait disk = LongWait.begin();
            try (disk) {
                CheckpointStore.export(training, settings, directory.export(), team);
            }
            saver.exported();
        }
        TrainingSummary summary = new TrainingSummary(
                plan.totalSteps(), end, (System.nanoTime() - started) / 1e9, first, last, bad, directory.export());
        callbacks.forEach(c -> c.onEnd(summary));
        return summary;
    }

    private RunPlan plan(Training training, SampleOrder order) {
        RunLength length = RunLength.of(
                settings.train(), order.size(), training.collectives().size());
        long all = elements(training.policy().parameters().buffers());
        long trained = elements(training.policy().parameters().trained());
        return new RunPlan(length.steps(), length.pairsPerStep(), order.size(), all, trained);
    }

    private static long elements(List<ParameterBuffer> buffers) {
        return buffers.stream()
                .flatMap(b -> b.specs().stream())
                .mapToLong(s -> s.numElements())
                .sum();
    }
}
