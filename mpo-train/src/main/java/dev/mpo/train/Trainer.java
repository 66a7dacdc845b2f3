package dev.mpo.train;

import dev.mpo.data.loader.PairLoader;
import dev.mpo.data.loader.SampleOrder;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.callback.Callback;
import dev.mpo.train.callback.RunPlan;
import dev.mpo.train.callback.TrainingSummary;
import dev.mpo.train.checkpoint.CheckpointStore;
import dev.mpo.train.checkpoint.RunSaver;
import dev.mpo.train.checkpoint.RunStart;
import dev.mpo.train.checkpoint.RunState;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.config.TrainSettings;
import dev.mpo.train.metrics.StepAccumulator;
import dev.mpo.train.metrics.StepMetrics;
import dev.mpo.train.metrics.StepTiming;
import dev.mpo.train.optim.LrSchedule;
import dev.mpo.train.setup.Provenance;
import dev.mpo.train.setup.ReferenceProgress;
import dev.mpo.train.setup.RunDirectory;
import dev.mpo.train.setup.RunLength;
import dev.mpo.train.setup.RunLock;
import dev.mpo.train.setup.Training;
import dev.mpo.train.setup.UnbuiltSettings;
import dev.mpo.train.step.MicroBatchResult;
import dev.mpo.train.step.MpoTrainStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training loop: pairs in, optimizer steps, numbers and a trained model out.
 *
 * <p>{@link #train} does what {@code mpo train} does. The loop alone is here; {@link Training} builds the parts,
 * {@link MpoTrainStep} does one micro-batch.
 */
public final class Trainer {

    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);
    private static final double START_TOLERANCE = 1e-3;

    private final RunConfig settings;
    private final RunDirectory directory;
    private final List<Callback> callbacks;

    private Trainer(RunConfig settings, RunDirectory directory, List<Callback> callbacks) {
        this.settings = settings;
        this.directory = directory;
        this.callbacks = List.copyOf(callbacks);
    }

    /**
     * Trains a model and writes it, with everything that a run records, to an output folder.
     *
     * @param settings with at least {@code model.path} and {@code data.meta}
     * @param output a new or empty folder
     * @param callbacks observers
     * @throws dev.mpo.core.MpoException saying what is wrong with the settings, the data or the model, or that the loss
     *     is no longer a number
     */
    public static TrainingSummary train(RunConfig settings, Path output, Callback... callbacks) {
        UnbuiltSettings.check(settings);
        if (settings.train().numThreads() != null) {
            dev.mpo.core.tensor.TorchRuntime.setNumThreads(settings.train().numThreads());
        }
        RunStart.requireUsable(settings, output);
        try (RunLock lock = RunLock.acquire(output)) {
            return train(settings, output, RunStart.find(settings, output), callbacks);
        }
    }

    private static TrainingSummary train(RunConfig settings, Path output, RunStart start, Callback... callbacks) {
        ReferenceProgress progress = (done, total) -> {
            for (Callback callback : callbacks) {
                callback.onReference(done, total);
            }
        };
        try (Training training = Training.open(settings, output, progress)) {
            RunDirectory directory = new RunDirectory(output);
            RunState state = start.begin(training);
            directory.writeConfig(settings);
            directory.writeProvenance(Provenance.describe(
                    settings, training.folder().path(), training.data().datasets()));
            try (RunRecords records = RunRecords.open(directory, settings)) {
                List<Callback> observers = new ArrayList<>(List.of(records));
                observers.addAll(List.of(callbacks));
                return new Trainer(settings, directory, observers).run(training, state);
            }
        }
    }

    private TrainingSummary run(Training training, RunState start) {
        SampleOrder order = training.data().trainingOrder();
        RunPlan plan = plan(training, order);
        start.requireWithin(plan.totalSteps());
        callbacks.forEach(c -> c.onStart(plan));
        long end = plan.totalSteps() * plan.pairsPerStep();
        long started = System.nanoTime();
        RunSaver saver;
        long bad;
        try (PairLoader loader = training.data().load(order, start.position(), end, directory.badSamples())) {
            loader.restore(start.loader());
            Loop loop = new Loop(training, loader, plan, start.numMicroBatches());
            saver = new RunSaver(settings, directory, training, loader, start, plan.totalSteps());
            for (long step = start.step() + 1; step <= plan.totalSteps(); step++) {
                StepMetrics metrics = loop.step(Math.toIntExact(step));
                callbacks.forEach(c -> c.onStep(metrics));
                saver.onStep(metrics, loop.numMicroBatches, callbacks.stream().anyMatch(Callback::stopRequested));
            }
            bad = loader.stats().bad();
        }
        CheckpointStore.export(training, directory.export());
        TrainingSummary summary = new TrainingSummary(
                plan.totalSteps(),
                end,
                (System.nanoTime() - started) / 1e9,
                saver.first(),
                saver.last(),
                bad,
                directory.export());
        callbacks.forEach(c -> c.onEnd(summary));
        return summary;
    }

    private RunPlan plan(Training training, SampleOrder order) {
        RunLength length = RunLength.of(settings.train(), order.size());
        long all = training.policy().parameters().buffers().stream()
                .flatMap(b -> b.specs().stream())
                .mapToLong(s -> s.numElements())
                .sum();
        long trained = training.policy().parameters().trained().stream()
                .flatMap(b -> b.specs().stream())
                .mapToLong(s -> s.numElements())
                .sum();
        return new RunPlan(length.steps(), length.pairsPerStep(), order.size(), all, trained);
    }

    /** One run's loop state. */
    private final class Loop {
        private final Training training;
        private final PairLoader loader;
        private final RunPlan plan;
        private final MpoTrainStep microBatch;
        private final LrSchedule schedule;
        private long numMicroBatches;
        private long waitedNanos;

        Loop(Training training, PairLoader loader, RunPlan plan, long numMicroBatches) {
            this.training = training;
            this.loader = loader;
            this.plan = plan;
            this.numMicroBatches = numMicroBatches;
            this.microBatch = training.step();
            TrainSettings train = settings.train();
            this.schedule = LrSchedule.of(
                    train.lrScheduler(), train.learningRate(), Math.toIntExact(plan.totalSteps()), train.warmupRatio());
        }

        StepMetrics step(int step) {
            long started = System.nanoTime();
            waitedNanos = 0;
            training.optimizer().zeroGradients();
            StepAccumulator sums = new StepAccumulator();
            FiniteCheck finite = new FiniteCheck(step, settings.train().learningRate());
            int accumulation = settings.train().gradientAccumulationSteps();
            for (int i = 0; i < accumulation; i++) {
                List<EncodedPair> pairs = nextPairs();
                MicroBatchResult result = microBatch.run(
                        pairs, training.dropPath(numMicroBatches++), 1.0 / accumulation, mean -> new double[] {mean});
                finite.checkLoss(pairs, result);
                sums.add(result);
                pairs.forEach(loader::recycle);
                int done = i + 1;
                callbacks.forEach(c -> c.onMicroBatch(done, accumulation));
            }
            double norm = training.optimizer().gradientNorm();
            finite.checkGradientNorm(norm);
            training.optimizer().clip(norm, settings.train().maxGradNorm());
            double learningRate = schedule.at(step - 1);
            training.optimizer().step(learningRate);
            if (step == 1) {
                checkStart(sums);
            }
            double epoch = (double) step * plan.pairsPerStep() / plan.pairsPerEpoch();
            double seconds = (System.nanoTime() - started) / 1e9;
            return sums.finish(new StepTiming(step, epoch, seconds, waitedNanos / 1e9), norm, learningRate);
        }

        private List<EncodedPair> nextPairs() {
            long started = System.nanoTime();
            List<EncodedPair> pairs = new ArrayList<>();
            for (int i = 0; i < settings.train().perDeviceBatchSize(); i++) {
                pairs.add(loader.next());
            }
            waitedNanos += System.nanoTime() - started;
            return pairs;
        }

        /** With policy = reference all log ratios are 0, so the first loss is known up to the NLL. */
        private void checkStart(StepAccumulator sums) {
            double expected = training.loss().expectedAtStart(sums.meanNll());
            double constant = training.loss().expectedAtStart(0);
            String formula = "%.4f + NLL %.4f = %.4f".formatted(constant, sums.meanNll(), expected);
            if (Math.abs(sums.meanLoss() - expected) <= START_TOLERANCE * Math.max(1, Math.abs(expected))) {
                LOG.info("loss at step 1: {}, as expected of policy = reference: {}", sums.meanLoss(), formula);
                return;
            }
            String cause = startDiffersBecause(training);
            String message = "loss at step 1: {}; policy = reference would give {}{}";
            if (cause.isEmpty()) {
                LOG.warn(message, sums.meanLoss(), formula, ": the two do not compute the same; check reference.*");
            } else {
                LOG.info(message, sums.meanLoss(), formula, ", but " + cause);
            }
        }

        /** Names the setting by which policy and reference differ from the start, if there is one. */
        private String startDiffersBecause(Training parts) {
            double dropPath = parts.dropPath(0).maxRate();
            if (dropPath > 0) {
                return "model.drop_path_rate=" + dropPath + " drops paths of the policy alone";
            } else if (settings.reference().path() != null) {
                return "reference.path is another model";
            }
            return settings.model().lora().init() == null ? "" : "model.lora.init changes the policy alone";
        }
    }
}
