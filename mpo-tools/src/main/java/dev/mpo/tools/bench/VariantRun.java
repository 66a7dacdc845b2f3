package dev.mpo.tools.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.mpo.core.loss.MixedPreferenceLoss;
import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.tools.plan.FlopModel;
import dev.mpo.tools.plan.PairFlops;
import dev.mpo.train.reference.CopyReference;
import dev.mpo.train.step.BatchPacker;
import dev.mpo.train.step.BranchedPacker;
import dev.mpo.train.step.MicroBatchResult;
import dev.mpo.train.step.MpoTrainStep;
import dev.mpo.train.step.PackedPairs;
import dev.mpo.train.step.PairLogps;
import dev.mpo.train.step.PlainPacker;
import dev.mpo.train.step.RecomputeChoice;
import dev.mpo.train.step.ReferenceModel;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** One variant under measurement. */
final class VariantRun {

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final BenchVariant variant;
    private final VisionLanguageModel policy;
    private final VisionLanguageModel reference;
    private final MpoTrainStep step;
    private final List<Double> seconds = new ArrayList<>();
    private final List<Double> cpuSeconds = new ArrayList<>();
    private final StepBreakdown breakdown;
    private final double flops;
    private double firstLoss = Double.NaN;

    VariantRun(
            BenchVariant variant,
            PairShape shape,
            VisionLanguageModel policy,
            VisionLanguageModel reference,
            MixedPreferenceLoss loss) {
        this.variant = variant;
        FlopModel model = new FlopModel(policy.config());
        dev.mpo.tools.plan.PairShape pair = new dev.mpo.tools.plan.PairShape(
                shape.tiles(), shape.promptTokens(), shape.answerTokens(), shape.answerTokens());
        this.flops = model.of(pair, variant.settings()).total();
        PairFlops branched = model.of(pair, variant.settings().withBranched(true));
        double prefix = branched.prefix() * (variant.branched() ? 1 : 2); // the plain path computes it for each answer
        this.breakdown = new StepBreakdown(prefix / (prefix + branched.branches()));
        this.policy = policy;
        this.reference = reference;
        BatchPacker packer = variant.branched()
                ? new BranchedPacker(SyntheticPairs.IMAGE_TOKEN, (chosen, rejected) -> false)
                : new PlainPacker(SyntheticPairs.IMAGE_TOKEN);
        ReferenceModel source = variant.liveReference() ? new CopyReference(reference) : new KnownReference();
        this.step = new MpoTrainStep(
                policy, source, loss, packer, RecomputeChoice.always(variant.recompute()), !variant.branched());
    }

    /** Stands for log-probabilities that were computed before the run. */
    private static final class KnownReference implements ReferenceModel {
        @Override
        public PairLogps logps(List<EncodedPair> pairs, PackedPairs packed) {
            return new PairLogps(new double[pairs.size()], new double[pairs.size()]);
        }

        @Override
        public void close() {}
    }

    void step(List<EncodedPair> pairs, boolean measured) {
        policy.timer().reset();
        reference.timer().reset();
        long cpu = SYSTEM.getProcessCpuTime();
        long started = System.nanoTime();
        MicroBatchResult result = step.run(pairs, DropPath.NONE, 1, mean -> new double[] {mean});
        TorchRuntime.synchronize(policy.device());
        double wall = (System.nanoTime() - started) / 1e9;
        if (measured) {
            seconds.add(wall);
            cpuSeconds.add((SYSTEM.getProcessCpuTime() - cpu) / 1e9);
            if (policy.device().isCpu()) {
                breakdown.add(wall, policy.timer().nanos(), reference.timer().nanos());
            }
        }
        if (Double.isNaN(firstLoss)) {
            firstLoss = result.loss().total();
        }
    }

    /** Runs a step whose kinds of work are waited for one by one, on a device that would overlap them. */
    void dissect(List<EncodedPair> pairs) {
        policy.timer().reset();
        reference.timer().reset();
        policy.timer().waitForDevice(true);
        reference.timer().waitForDevice(true);
        long started = System.nanoTime();
        step.run(pairs, DropPath.NONE, 1, mean -> new double[] {mean});
        TorchRuntime.synchronize(policy.device());
        breakdown.add(
                (System.nanoTime() - started) / 1e9,
                policy.timer().nanos(),
                reference.timer().nanos());
        policy.timer().waitForDevice(false);
        reference.timer().waitForDevice(false);
    }

    BenchReport.Result result(int batchSize, VariantRun baseline, double optimizer) {
        double median = StepBreakdown.median(seconds);
        double cpuMedian = StepBreakdown.median(cpuSeconds);
        return new BenchReport.Result(
                variant.name(),
                median / batchSize,
                seconds.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN) / batchSize,
                cpuMedian / batchSize,
                StepBreakdown.median(baseline.seconds) / median,
                StepBreakdown.median(baseline.cpuSeconds) / cpuMedian,
                baseline.flops / flops,
                flops,
                firstLoss,
                breakdown.perPair(batchSize, optimizer),
                breakdown.backwardPerPair(batchSize),
                seconds.stream().map(s -> s / batchSize).toList());
    }
}
