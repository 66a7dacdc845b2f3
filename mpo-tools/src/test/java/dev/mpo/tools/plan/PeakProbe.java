package dev.mpo.tools.plan;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.loss.MixedPreferenceLoss;
import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.Recompute;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.tools.bench.BenchPreset;
import dev.mpo.tools.bench.PairShape;
import dev.mpo.tools.bench.RandomWeights;
import dev.mpo.tools.bench.SyntheticPairs;
import dev.mpo.train.metrics.ProcessMemory;
import dev.mpo.train.optim.AdamW;
import dev.mpo.train.reference.CopyReference;
import dev.mpo.train.step.BatchPacker;
import dev.mpo.train.step.BranchedPacker;
import dev.mpo.train.step.MpoTrainStep;
import dev.mpo.train.step.PackedPairs;
import dev.mpo.train.step.PairLogps;
import dev.mpo.train.step.PlainPacker;
import dev.mpo.train.step.RecomputeChoice;
import dev.mpo.train.step.ReferenceModel;
import java.util.List;
import java.util.Set;

/** A process that trains two steps and prints its peak resident memory as JSON. */
final class PeakProbe {

    private PeakProbe() {}

    /**
     * Arguments: preset, tiles, prompt tokens, answer tokens, plain|branched, none|full, copy|cached,
     * train|vision-frozen.
     */
    public static void main(String[] args) {
        TorchRuntime.setNumThreads(2);
        ModelConfig config = BenchPreset.of(args[0]);
        PairShape shape =
                new PairShape(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        boolean branched = args[4].equals("branched");
        Recompute recompute = args[5].equals("full") ? Recompute.FULL : Recompute.NONE;
        boolean live = args[6].equals("copy");
        Set<Part> frozen = args[7].equals("train") ? Set.of() : Set.of(Part.VISION, Part.PROJECTOR);
        try (VisionLanguageModel policy =
                VisionLanguageModel.create(config, ModelOptions.trained().withFrozen(frozen))) {
            RandomWeights.draw(policy.parameters(), 1);
            train(policy, shape, branched, recompute, live);
        }
        System.out.println("{\"peak_memory_bytes\": " + ProcessMemory.peakResidentBytes() + "}");
    }

    private static void train(
            VisionLanguageModel policy, PairShape shape, boolean branched, Recompute recompute, boolean live) {
        BatchPacker packer = branched
                ? new BranchedPacker(SyntheticPairs.IMAGE_TOKEN, (chosen, rejected) -> false)
                : new PlainPacker(SyntheticPairs.IMAGE_TOKEN);
        MixedPreferenceLoss loss =
                MixedPreferenceLoss.of(List.of("sigmoid", "bco_pair", "sft"), List.of(0.8, 0.2, 1.0), 0.1, 0);
        try (ReferenceModel reference = live ? copy(policy.config()) : new Known();
                AdamW optimizer = new AdamW(
                        new AdamW.Settings(0.9, 0.999, 1e-8, 0.05),
                        policy.parameters().trained())) {
            MpoTrainStep step =
                    new MpoTrainStep(policy, reference, loss, packer, RecomputeChoice.always(recompute), !branched);
            SyntheticPairs pairs = new SyntheticPairs(policy.config(), 1);
            for (int i = 0; i < 2; i++) {
                optimizer.zeroGradients();
                List<EncodedPair> batch = List.of(pairs.next(shape));
                step.run(batch, DropPath.NONE, 1, mean -> new double[] {mean});
                optimizer.clip(optimizer.gradientNorm(), 1);
                optimizer.step(1e-6);
            }
        }
    }

    private static CopyReference copy(ModelConfig config) {
        VisionLanguageModel model = VisionLanguageModel.create(config, ModelOptions.frozen(Device.CPU, DType.FLOAT32));
        RandomWeights.draw(model.parameters(), 2);
        return new CopyReference(model);
    }

    private static final class Known implements ReferenceModel {
        @Override
        public PairLogps logps(List<EncodedPair> pairs, PackedPairs packed) {
            return new PairLogps(new double[pairs.size()], new double[pairs.size()]);
        }

        @Override
        public void close() {}
    }
}
