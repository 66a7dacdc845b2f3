package dev.mpo.train.setup;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.LoraSpec;
import dev.mpo.core.model.ParameterBuffer;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.OperatorLibrary;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.core.weights.AdapterLoader;
import dev.mpo.core.weights.ModelParameterStore;
import dev.mpo.train.config.LoraSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** The values of a model's adapters: how they begin, and how they end up in the weights. */
final class LoraWeights {

    private static final OperatorLibrary OPS = OperatorLibrary.compile("""
            def merge(self, w: Tensor, a: Tensor, b: Tensor, scale: float) -> int:
              r = torch.add_(w, torch.matmul(b, a), alpha=scale)
              return 0
            """);

    private LoraWeights() {}

    /**
     * Sets the adapters from {@code model.lora.init}, or draws A uniformly from +-1/sqrt(in) and leaves B zero, as the
     * peft library does. Does nothing without adapters.
     */
    static void initialise(VisionLanguageModel model, LoraSettings settings, long seed) {
        if (!settings.enabled()) {
            return;
        }
        ModelParameterStore store = ModelParameterStore.of(model.parameters());
        Map<String, ParameterSpec> adapters = new TreeMap<>(store.specs());
        adapters.keySet().removeIf(name -> !LoraSpec.isAdapter(name));
        if (settings.init() != null) {
            ModelConfig config = model.config();
            AdapterLoader.load(Path.of(settings.init()), config, adapters, store);
        } else {
            adapters.forEach((name, spec) -> draw(name, spec, store, new SplittableRandom(seed ^ name.hashCode())));
        }
        model.parameters().publish();
    }

    private static void draw(String name, ParameterSpec spec, ModelParameterStore store, SplittableRandom random) {
        if (name.endsWith(".lora_a")) {
            double bound = 1 / Math.sqrt((double) spec.shapeArray()[1]);
            float[] values = new float[Math.toIntExact(spec.numElements())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
            }
            store.write(name, 0, values);
        }
    }

    /** Adds every adapter's product to the weight that it adapts and sets it to zero. */
    static void merge(VisionLanguageModel model) {
        Map<String, Tensor> all = model.parameters().byName();
        double scale = model.options().lora().scale();
        all.forEach((name, a) -> {
            if (name.endsWith(".lora_a")) {
                String linear = name.substring(0, name.length() - ".lora_a".length());
                Tensor weight = Objects.requireNonNull(all.get(linear + ".weight"));
                Tensor b = Objects.requireNonNull(all.get(linear + ".lora_b"));
                OPS.run("merge", weight, a, b, scale);
                Tensors.zero(b);
            }
        });
        model.parameters().buffers().forEach(ParameterBuffer::publish);
    }
}
