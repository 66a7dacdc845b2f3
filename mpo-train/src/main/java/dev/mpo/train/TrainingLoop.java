package dev.mpo.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.core.loss.RunningMoments;
import dev.mpo.data.loader.LoaderHistory;
import dev.mpo.data.loader.PairLoader;
import dev.mpo.data.loader.SampleRef;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.callback.Callback;
import dev.mpo.train.callback.RunPlan;
import dev.mpo.train.checkpoint.RunSaver;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.config.TrainSettings;
import dev.mpo.train.metrics.MicroBatchMetrics;
import dev.mpo.train.metrics.ProcessMemory;
import dev.mpo.train.metrics.StepAccumulator;
import dev.mpo.train.metrics.StepMetrics;
import dev.mpo.train.metrics.StepTiming;
import dev.mpo.train.optim.AdamW;
import dev.mpo.train.optim.LrSchedule;
import dev.mpo.train.ranks.Team;
import dev.mpo.train.setup.Training;
import dev.mpo.train.step.MicroBatchResult;
import dev.mpo.train.step.MpoTrainStep;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of one run on one rank. The micro-batches of a step count as if one process computed them in the order of
 * their positions in the data: micro-batch {@code j} of rank {@code r} among {@code W} is number {@code j W + r}.
 */
final class TrainingLoop {

    private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);
    private static final double START_TOLERANCE = 1e-3;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RunConfig settings;
    private final Training training;
    private final PairLoader loader;
    private final RunPlan plan;
    private final List<Callback> callbacks;
    private final Team team;
    private final int rank;
    private final MpoTrainStep microBatch;
    private final LrSchedule schedule;
    private long numMicroBatches;
    private long waitedNanos;

    /**
     * Prepares the steps; everything is borrowed.
     *
     * @param numMicroBatches micro-batches that all ranks have done before
     */
    TrainingLoop(
            RunConfig settings,
            Training training,
            PairLoader loader,
            RunPlan plan,
            long numMicroBatches,
            List<Callback> callbacks) {
        this.settings = settings;
        this.training = training;
        this.loader = loader;
        this.plan = plan;
        this.numMicroBatches = numMicroBatches;
        this.callbacks = callbacks;
        this.team = new Team(training.collectives());
        this.rank = training.collectives().rank();
        this.microBatch = training.step();
        TrainSettings train = settings.train();
        this.schedule = LrSchedule.of(
                train.lrScheduler(), train.learningRate(), Math.toIntExact(plan.totalSteps()), train.warmupRatio());
    }

    /** Returns how far all ranks have come; to be called on all of them. */
    RunSaver.Progress progress() {
        return new RunSaver.Progress(numMicroBatches, loader.cursor(), history());
    }

    private LoaderHistory history() {
        try {
            List<LoaderHistory> all = new ArrayList<>();
            for (String text : team.gather(JSON.writeValueAsString(loader.history()))) {
                all.add(JSON.readValue(text, LoaderHistory.class));
            }
            return LoaderHistory.merge(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the history of one rank cannot be read by another", e);
        }
    }

    /**
     * Does one optimizer step.
     *
     * @return the numbers of all ranks
     */
    StepMetrics step(int step) {
        long started = System.nanoTime();
        waitedNanos = 0;
        AdamW optimizer = training.optimizer();
        optimizer.zeroGradients();
        RunningMoments.State rewards = training.loss().rewardMoments().state();
        FiniteCheck finite = new FiniteCheck(step, settings.train().learningRate());
        List<StepReport> reports = StepReport.exchange(team, microBatches(finite));
        note(reports);
        StepAccumulator sums = sums(reports);
        String problem = reports.stream()
                .map(StepReport::problem)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
        double norm = problem.isEmpty() ? optimizer.gradientNorm() : Double.NaN;
        if (problem.isEmpty() && !Double.isFinite(norm)) {
            problem = String.join("; ", team.gather(finite.gradientProblem(norm)));
        }
        double learningRate = schedule.at(step - 1);
        if (problem.isEmpty()) {
            optimizer.clip(norm, settings.train().maxGradNorm());
            optimizer.step(learningRate);
        } else {
            skip(step, finite, problem, rewards);
        }
        if (step == 1) {
            checkStart(sums);
        }
        double epoch = (double) step * plan.pairsPerStep() / plan.pairsPerEpoch();
        double seconds = (System.nanoTime() - started) / 1e9;
        long waited = reports.stream().mapToLong(StepReport::waitedNanos).max().orElse(0);
        long memory =
                reports.stream().mapToLong(StepReport::peakMemoryBytes).max().orElse(0);
        return sums.finish(new StepTiming(step, epoch, seconds, waited / 1e9), norm, learningRate, memory);
    }

    private StepReport microBatches(FiniteCheck finite) {
        int accumulation = settings.train().gradientAccumulationSteps();
        double scale = 1.0 / accumulation / team.size();
        List<MicroBatchMetrics> done = new ArrayList<>();
        for (int i = 0; i < accumulation; i++) {
            List<EncodedPair> pairs = nextPairs();
            training.exchange().setLastMicroBatch(i == accumulation - 1);
            MicroBatchResult result =
                    microBatch.run(pairs, training.dropPath(numMicroBatches + rank), scale, team::gather, rank);
            numMicroBatches += team.size();
            finite.add(pairs, result);
            done.add(MicroBatchMetrics.of(result));
            pairs.forEach(loader::recycle);
            int count = i + 1;
            callbacks.forEach(c -> c.onMicroBatch(count, accumulation));
        }
        return new StepReport(done, finite.problem(), loader.newBad(), waitedNanos, ProcessMemory.peakResidentBytes());
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

    private void note(List<StepReport> reports) {
        for (int other = 0; other < reports.size(); other++) {
            List<SampleRef> bad = reports.get(other).newBad();
            if (other != rank && !bad.isEmpty()) {
                loader.noteBad(bad);
            }
        }
    }

    /** Adds the micro-batches of all ranks in the order of their positions, so that no sum depends on the ranks. */
    private StepAccumulator sums(List<StepReport> reports) {
        StepAccumulator sums = new StepAccumulator();
        for (int i = 0; i < settings.train().gradientAccumulationSteps(); i++) {
            for (StepReport report : reports) {
                sums.add(report.microBatches().get(i));
            }
        }
        return sums;
    }

    private void skip(int step, FiniteCheck finite, String problem, RunningMoments.State rewards) {
        if (settings.train().onNonfinite() == TrainSettings.OnNonfinite.STOP) {
            throw finite.diverged(problem);
        }
        LOG.warn("step {} is left out, the weights stay as they are: {}", step, problem);
        training.loss().rewardMoments().restore(rewards);
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
        String cause = startDiffersBecause();
        String message = "loss at step 1: {}; policy = reference would give {}{}";
        if (cause.isEmpty()) {
            LOG.warn(message, sums.meanLoss(), formula, ": the two do not compute the same; check reference.*");
        } else {
            LOG.info(message, sums.meanLoss(), formula, ", but " + cause);
        }
    }

    /** Names the setting by which policy and reference differ from the start, if there is one. */
    private String startDiffersBecause() {
        double dropPath = training.dropPath(0).maxRate();
        if (dropPath > 0) {
            return "model.drop_path_rate=" + dropPath + " drops paths of the policy alone";
        } else if (settings.reference().path() != null) {
            return "reference.path is another model";
        }
        return settings.model().lora().init() == null ? "" : "model.lora.init changes the policy alone";
    }
}
