package dev.mpo.tools.bench;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.loss.MixedPreferenceLoss;
import dev.mpo.core.model.Kind;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.DeviceMemory;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.optim.AdamW;
import dev.mpo.train.setup.Placement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures training steps, variants interleaved: every round runs each variant once on the same pairs, so that what the
 * machine does beside it falls on all alike.
 */
public final class EngineBench {

    private static final int OPTIMIZER_STEPS = 3;
    private static final int DISSECTED_STEPS = 3;

    private EngineBench() {}

    /**
     * Runs the measurement.
     *
     * @param progress told the number of finished rounds, warm-up included
     */
    public static BenchReport run(BenchOptions options, IntConsumer progress) {
        ModelConfig config = BenchPreset.of(options.preset());
        Placement placement = options.placement();
        Device device = placement.device();
        TorchRuntime.synchronize(device); // the device's context exists from here on
        OptionalLong takenBefore = DeviceMemory.taken(device);
        Map<Set<Part>, VisionLanguageModel> policies = new HashMap<>();
        VisionLanguageModel reference =
                VisionLanguageModel.create(config, ModelOptions.frozen(device, placement.compute()));
        try {
            RandomWeights.draw(reference.parameters(), options.seed() + 1);
            List<VariantRun> runs = new ArrayList<>();
            for (BenchVariant variant : options.variants()) {
                VisionLanguageModel policy =
                        policies.computeIfAbsent(variant.frozen(), frozen -> policy(config, frozen, options));
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
                if (!device.isCpu() && round >= options.warmup() && round < options.warmup() + DISSECTED_STEPS) {
                    runs.forEach(run -> run.dissect(pairs));
                }
                progress.accept(round + 1);
            }
            double optimizer = optimizerSeconds(policies.values().iterator().next());
            OptionalLong taken = DeviceMemory.taken(device);
            Long grown = taken.isPresent() && takenBefore.isPresent()
                    ? Long.valueOf(taken.getAsLong() - takenBefore.getAsLong())
                    : null;
            return report(options, config, runs, optimizer, grown);
        } finally {
            policies.values().forEach(VisionLanguageModel::close);
            reference.close();
        }
    }

    private static VisionLanguageModel policy(ModelConfig config, Set<Part> frozen, BenchOptions options) {
        Placement placement = options.placement();
        ModelOptions trained = ModelOptions.trained()
                .withDecayed((stage, spec) -> spec.kind() == Kind.MATRIX)
                .withFrozen(frozen)
                .on(placement.device(), placement.compute());
        VisionLanguageModel model = VisionLanguageModel.create(config, trained);
        RandomWeights.draw(model.parameters(), options.seed());
        return model;
    }

    private static double optimizerSeconds(VisionLanguageModel policy) {
        try (AdamW optimizer = new AdamW(
                new AdamW.Settings(0.9, 0.999, 1e-8, 0.05), policy.parameters().trained())) {
            double best = Double.MAX_VALUE;
            for (int i = 0; i < OPTIMIZER_STEPS; i++) {
                TorchRuntime.synchronize(policy.device());
                long started = System.nanoTime();
                optimizer.clip(optimizer.gradientNorm(), 1);
                optimizer.step(0);
                optimizer.zeroGradients();
                TorchRuntime.synchronize(policy.device());
                best = Math.min(best, (System.nanoTime() - started) / 1e9);
            }
            return best;
        }
    }

    private static BenchReport report(
            BenchOptions options,
            ModelConfig config,
            List<VariantRun> runs,
            double optimizer,
            @Nullable Long deviceBytes) {
        List<BenchReport.Result> results = new ArrayList<>();
        for (VariantRun run : runs) {
            results.add(run.result(options.batchSize(), runs.get(0), optimizer));
        }
        return new BenchReport(
                options.preset(),
                options.placement().device().name(),
                options.placement().compute().name().toLowerCase(Locale.ROOT),
                ModelLayout.numElements(config),
                TorchRuntime.numThreads(),
                options.shape(),
                options.batchSize(),
                results,
                optimizer,
                deviceBytes);
    }

    private static MixedPreferenceLoss mpoLoss() {
        return MixedPreferenceLoss.of(List.of("sigmoid", "bco_pair", "sft"), List.of(0.8, 0.2, 1.0), 0.1, 0);
    }
}
