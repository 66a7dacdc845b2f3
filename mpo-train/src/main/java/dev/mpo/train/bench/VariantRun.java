package dev.mpo.train.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.mpo.core.loss.MixedPreferenceLoss;
import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.StageTimer;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.data.pair.EncodedPair;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
    private final Map<String, List<Double>> breakdown = new LinkedHashMap<>();
    private double firstLoss = Double.NaN;

    VariantRun(
            BenchVariant variant, VisionLanguageModel policy, VisionLanguageModel reference, MixedPreferenceLoss loss) {
        this.variant = variant;
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
        double wall = (System.nanoTime() - started) / 1e9;
        if (measured) {
            seconds.add(wall);
            cpuSeconds.add((SYSTEM.getProcessCpuTime() - cpu) / 1e9);
            note(wall);
        }
        if (Double.isNaN(firstLoss)) {
            firstLoss = result.loss().total();
        }
    }

    private void note(double wall) {
        double known = 0;
        for (Map.Entry<StageTimer.Work, Long> entry : policy.timer().nanos().entrySet()) {
            String name = entry.getKey().name().toLowerCase(Locale.ROOT);
            known += put(name, entry.getValue() / 1e9);
        }
        double live = reference.timer().nanos().values().stream()
                        .mapToLong(Long::longValue)
                        .sum()
                / 1e9;
        known += put("reference", live);
        put("other", wall - known);
    }

    private double put(String name, double value) {
        breakdown.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        return value;
    }

    BenchReport.Result result(int batchSize, VariantRun baseline) {
        Map<String, Double> parts = new LinkedHashMap<>();
        breakdown.forEach((name, values) -> parts.put(name, median(values) / batchSize));
        return new BenchReport.Result(
                variant.name(),
                median(seconds) / batchSize,
                seconds.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN) / batchSize,
                median(cpuSeconds) / batchSize,
                median(baseline.seconds) / median(seconds),
                median(baseline.cpuSeconds) / median(cpuSeconds),
                firstLoss,
                parts,
                seconds.stream().map(s -> s / batchSize).toList());
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
