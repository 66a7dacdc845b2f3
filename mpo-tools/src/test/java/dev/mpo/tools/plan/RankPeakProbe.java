package dev.mpo.tools.plan;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.loss.MixedPreferenceLoss;
import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.Recompute;
import dev.mpo.core.model.Sharding;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.tools.bench.BenchPreset;
import dev.mpo.tools.bench.PairShape;
import dev.mpo.tools.bench.SyntheticPairs;
import dev.mpo.train.metrics.ProcessMemory;
import dev.mpo.train.optim.AdamW;
import dev.mpo.train.ranks.Collectives;
import dev.mpo.train.ranks.Ranks;
import dev.mpo.train.ranks.Team;
import dev.mpo.train.ranks.WaitLimits;
import dev.mpo.train.reference.CopyReference;
import dev.mpo.train.shard.ParameterExchange;
import dev.mpo.train.step.BranchedPacker;
import dev.mpo.train.step.MpoTrainStep;
import dev.mpo.train.step.RecomputeChoice;
import java.time.Duration;
import java.util.List;

/**
 * One of several processes that train two steps of one micro-batch; the first prints the largest peak resident memory
 * of all as JSON. The weights are zero, which takes as much memory as any others.
 */
final class RankPeakProbe {

    private RankPeakProbe() {}

    /** Arguments: preset, tiles, prompt tokens, answer tokens, none|full, none|optimizer|full, offload|stay. */
    public static void main(String[] args) {
        TorchRuntime.setNumThreads(1);
        ModelConfig config = BenchPreset.of(args[0]);
        PairShape shape =
                new PairShape(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        Recompute recompute = args[4].equals("full") ? Recompute.FULL : Recompute.NONE;
        Sharding.Mode mode = Sharding.Mode.valueOf(args[5].toUpperCase(java.util.Locale.ROOT));
        boolean offload = args[6].equals("offload");
        Ranks ranks = Ranks.discover(System.getenv());
        try (Collectives collectives = Collectives.open(ranks, Device.CPU, WaitLimits.of(Duration.ofMinutes(5)))) {
            Sharding sharding = new Sharding(ranks.rank(), ranks.size(), mode, false, offload);
            train(config, shape, recompute, sharding, collectives);
            double[] peak = collectives.allReduceMax(new double[] {ProcessMemory.peakResidentBytes()});
            if (ranks.isFirst()) {
                System.out.println("{\"peak_memory_bytes\": " + (long) peak[0] + "}");
            }
        }
    }

    private static void train(
            ModelConfig config, PairShape shape, Recompute recompute, Sharding sharding, Collectives collectives) {
        ParameterExchange exchange = new ParameterExchange(collectives);
        ModelOptions frozen = ModelOptions.frozen(Device.CPU, DType.FLOAT32);
        try (VisionLanguageModel policy = VisionLanguageModel.create(
                        config, ModelOptions.trained().withSharding(sharding));
                VisionLanguageModel copy = VisionLanguageModel.create(
                        config, sharding.dividesWeights() ? frozen.withSharding(sharding) : frozen);
                AdamW optimizer = new AdamW(
                        new AdamW.Settings(0.9, 0.999, 1e-8, 0.05),
                        policy.parameters().trained(),
                        exchange)) {
            exchange.attach(policy);
            exchange.attach(copy);
            MpoTrainStep step = new MpoTrainStep(
                    policy,
                    new CopyReference(copy),
                    MixedPreferenceLoss.of(List.of("sigmoid", "bco_pair", "sft"), List.of(0.8, 0.2, 1.0), 0.1, 0),
                    new BranchedPacker(SyntheticPairs.IMAGE_TOKEN, (chosen, rejected) -> false),
                    RecomputeChoice.always(recompute),
                    false);
            SyntheticPairs pairs = new SyntheticPairs(config, 1);
            Team team = new Team(collectives);
            for (int i = 0; i < 2; i++) {
                optimizer.zeroGradients();
                List<EncodedPair> batch = List.of(pairs.next(shape));
                step.run(batch, DropPath.NONE, 1, team::gather, collectives.rank());
                optimizer.clip(optimizer.gradientNorm(), 1);
                optimizer.step(1e-6);
            }
            exchange.settle();
        }
    }
}
