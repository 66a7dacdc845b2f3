package dev.mpo.tools.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.loss.MixedPreferenceLoss;
import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.Recompute;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.DeviceMemory;
import dev.mpo.core.tensor.Scope;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.metrics.ProcessMemory;
import dev.mpo.train.reference.CopyReference;
import dev.mpo.train.setup.Placement;
import dev.mpo.train.step.BatchPacker;
import dev.mpo.train.step.BranchedPacker;
import dev.mpo.train.step.MpoTrainStep;
import dev.mpo.train.step.PlainPacker;
import dev.mpo.train.step.RecomputeChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;

/**
 * Trains on micro-batches of random shapes and watches the resident memory of the process: one to four pairs, with and
 * without images, both layouts, with recomputation and without, with a live reference.
 */
public final class MemorySoak {

    private static final int SAMPLES = 20;
    private static final int MOST_PAIRS = 4;

    private MemorySoak() {}

    /**
     * The largest shapes that are drawn.
     *
     * @param tiles most tiles of a pair
     * @param promptTokens most tokens before the answers
     * @param answerTokens most tokens of an answer
     */
    public record Limits(int tiles, int promptTokens, int answerTokens) {}

    /**
     * What was seen.
     *
     * @param microBatches how many were trained
     * @param residentBytes resident memory after each twentieth of them
     * @param deviceBytes what is taken of a CUDA device at the same moments, allocator's reserve included; none on the
     *     host
     * @param growthBytes how much the median of the last quarter exceeds that of the second quarter, 0 if it does not;
     *     the first one warms up
     * @param liveTensors tensors at the end beyond those at the beginning; more than 0 is a leak
     */
    public record Report(
            @JsonProperty("micro_batches") int microBatches,
            @JsonProperty("resident_bytes") List<Long> residentBytes,
            @JsonProperty("device_bytes") List<Long> deviceBytes,
            @JsonProperty("growth_bytes") long growthBytes,
            @JsonProperty("live_tensors") long liveTensors) {}

    /**
     * Runs it.
     *
     * @param placement where it runs and in which type
     * @param progress told the number of finished micro-batches
     */
    public static Report run(
            String preset, int microBatches, Limits limits, Placement placement, long seed, IntConsumer progress) {
        ModelConfig config = BenchPreset.of(preset);
        try (VisionLanguageModel policy = VisionLanguageModel.create(
                config, ModelOptions.trained().on(placement.device(), placement.compute()))) {
            VisionLanguageModel model =
                    VisionLanguageModel.create(config, ModelOptions.frozen(placement.device(), placement.compute()));
            try (CopyReference reference = new CopyReference(model)) {
                RandomWeights.draw(policy.parameters(), seed);
                RandomWeights.draw(model.parameters(), seed + 1);
                return new Watch(config, placement, limits, seed).run(steps(policy, reference), microBatches, progress);
            }
        }
    }

    private static List<MpoTrainStep> steps(VisionLanguageModel policy, CopyReference reference) {
        MixedPreferenceLoss loss =
                MixedPreferenceLoss.of(List.of("sigmoid", "bco_pair", "sft"), List.of(0.8, 0.2, 1.0), 0.1, 0);
        BatchPacker branched = new BranchedPacker(SyntheticPairs.IMAGE_TOKEN, (chosen, rejected) -> false);
        BatchPacker plain = new PlainPacker(SyntheticPairs.IMAGE_TOKEN);
        List<MpoTrainStep> steps = new ArrayList<>();
        for (Recompute recompute : Recompute.values()) {
            RecomputeChoice choice = RecomputeChoice.always(recompute);
            steps.add(new MpoTrainStep(policy, reference, loss, branched, choice, false));
            steps.add(new MpoTrainStep(policy, reference, loss, plain, choice, true));
        }
        return steps;
    }

    /** What is drawn, and where it is trained. */
    private record Watch(ModelConfig config, Placement placement, Limits limits, long seed) {

        Report run(List<MpoTrainStep> steps, int microBatches, IntConsumer progress) {
            SyntheticPairs pairs = new SyntheticPairs(config, seed);
            Random random = new Random(seed);
            List<Long> resident = new ArrayList<>();
            List<Long> onDevice = new ArrayList<>();
            long tensors = Scope.numLiveTensors();
            for (int i = 0; i < microBatches; i++) {
                List<EncodedPair> batch = new ArrayList<>();
                int size = 1 + random.nextInt(MOST_PAIRS);
                for (int n = 0; n < size; n++) {
                    batch.add(pairs.next(shape(limits, random)));
                }
                steps.get(i % steps.size()).run(batch, DropPath.NONE, 1, mean -> new double[] {mean});
                if ((i + 1) * SAMPLES / microBatches > resident.size()) {
                    resident.add(ProcessMemory.residentBytes());
                    DeviceMemory.taken(placement.device()).ifPresent(onDevice::add);
                }
                progress.accept(i + 1);
            }
            return new Report(microBatches, resident, onDevice, growth(resident), Scope.numLiveTensors() - tensors);
        }
    }

    private static PairShape shape(Limits limits, Random random) {
        return new PairShape(
                random.nextInt(limits.tiles() + 1),
                1 + random.nextInt(limits.promptTokens()),
                1 + random.nextInt(limits.answerTokens()));
    }

    /** Compares the medians of the second and of the last quarter: compilers and allocators have peaks of their own. */
    static long growth(List<Long> resident) {
        int quarter = resident.size() / 4;
        long early = median(resident.subList(quarter, 2 * quarter));
        long late = median(resident.subList(resident.size() - quarter, resident.size()));
        return Math.max(0, late - early);
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
