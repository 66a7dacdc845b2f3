package dev.mpo.train.bench;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.loss.MixedPreferenceLoss;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.optim.AdamW;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Measures training steps, variants interleaved: every round runs each variant once on the same pairs, so that what the
 * machine does beside it falls on all alike.
 */
public final class EngineBench {

    private static final int OPTIMIZER_STEPS = 3;

    private EngineBench() {}

    /**
     * Runs the measurement.
     *
     * @param progress told the number of finished rounds, warm-up included
     */
    public static BenchReport run(BenchOptions options, IntConsumer progress) {
        ModelConfig config = BenchPreset.of(options.preset());
        Map<Set<Part>, VisionLanguageModel> policies = new HashMap<>();
        VisionLanguageModel reference =
                VisionLanguageModel.create(config, ModelOptions.frozen(Device.CPU, DType.FLOAT32));
        try {
            RandomWeights.draw(reference.parameters(), options.seed() + 1);
            List<VariantRun> runs = new ArrayList<>();
            for (BenchVariant variant : options.variants()) {
                VisionLanguageModel policy =
                        policies.computeIfAbsent(variant.frozen(), frozen -> policy(config, frozen, options.seed()));
                runs.add(new VariantRun(variant, options.shape(), policy, reference, mpoLoss()));
            }
            SyntheticPairs source = new SyntheticPairs(config, options.seed());
            for (int round = 0; round < options.warmup() + options.repetitions(); round++) {
                List<EncodedPair> pairs = new ArrayList<>();
                for (int i = 0; i < options.batchSize(); i++) {
                    pairs.add(source.next(options.shape()));
                }
                for (VariantRun run : runs) {
                    run.step(pairs, round >= options.warmup());
                }
                progress.accept(round + 1);
            }
            double optimizer = optimizerSeconds(policies.values().iterator().next());
            return report(options, config, runs, optimizer);
        } finally {
            policies.values().forEach(VisionLanguageModel::close);
            reference.close();
        }
    }

    private static VisionLanguageModel policy(ModelConfig config, Set<Part> frozen, long seed) {
        VisionLanguageModel model =
                VisionLanguageModel.create(config, ModelOptions.trained().withFrozen(frozen));
        RandomWeights.draw(model.parameters(), seed);
        return model;
    }

    private static double optimizerSeconds(VisionLanguageModel policy) {
        try (AdamW optimizer = new AdamW(
                new AdamW.Settings(0.9, 0.999, 1e-8, 0.05), policy.parameters().trained())) {
            double best = Double.MAX_VALUE;
            for (int i = 0; i < OPTIMIZER_STEPS; i++) {
                long started = System.nanoTime();
                optimizer.clip(optimizer.gradientNorm(), 1);
                optimizer.step(0);
                optimizer.zeroGradients();
                best = Math.min(best, (System.nanoTime() - started) / 1e9);
            }
            return best;
        }
    }

    private static BenchReport report(
            BenchOptions options, ModelConfig config, List<VariantRun> runs, double optimizer) {
        List<BenchReport.Result> results = new ArrayList<>();
        for (VariantRun run : runs) {
            results.add(run.result(options.batchSize(), runs.get(0), optimizer));
        }
        return new BenchReport(
                options.preset(),
                ModelLayout.numElements(config),
                TorchRuntime.numThreads(),
                options.shape(),
                options.batchSize(),
                results,
                optimizer);
    }

    private static MixedPreferenceLoss mpoLoss() {
        return MixedPreferenceLoss.of(List.of("sigmoid", "bco_pair", "sft"), List.of(0.8, 0.2, 1.0), 0.1, 0);
    }
}
