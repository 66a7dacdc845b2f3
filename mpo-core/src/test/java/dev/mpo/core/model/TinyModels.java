package dev.mpo.core.model;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.testkit.TestDevice;
import java.util.Map;
import java.util.Random;

/** Small architectures with random weights. */
final class TinyModels {

    private static final Device DEVICE = new Device(TestDevice.name());

    static final int IMAGE_TOKEN = 7;

    private TinyModels() {}

    static ModelConfig config(Family family, boolean tied, NormType norm) {
        return config(family, tied, norm, 1);
    }

    /** Returns an architecture {@code factor} times as wide; twice is what variable-length attention needs. */
    static ModelConfig config(Family family, boolean tied, NormType norm, int factor) {
        boolean sixB = norm == NormType.RMS_NORM;
        int width = 16 * factor;
        VisionConfig vision = new VisionConfig(width, 24 * factor, 2, 2, 28, 7, 3, norm, !sixB, sixB, 1e-6, 0);
        LanguageConfig language = new LanguageConfig(
                family,
                40,
                width,
                24 * factor,
                2,
                4,
                2,
                4 * factor,
                1e-6,
                10000,
                0,
                512,
                tied,
                family == Family.QWEN2,
                3);
        return new ModelConfig(vision, language, 0.5, 2, -1, "internvl2_5", 28, true, true, 1, 12);
    }

    static VisionLanguageModel random(ModelConfig config, ModelOptions options, long seed) {
        VisionLanguageModel model = VisionLanguageModel.create(config, options);
        Random random = new Random(seed);
        for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
            Tensor target = entry.getValue();
            double[] values = new double[(int) target.numel()];
            boolean norm = entry.getKey().contains("norm") && entry.getKey().endsWith("weight");
            for (int i = 0; i < values.length; i++) {
                values[i] = (norm ? 1 : 0) + 0.15 * random.nextGaussian();
            }
            try (Scope scope = new Scope()) {
                Tensors.copy(Tensors.of(scope, DEVICE, values, values.length), target);
            }
        }
        model.parameters().publish();
        return model;
    }

    static ModelOptions options(DType dtype) {
        return ModelOptions.trained().on(DEVICE, dtype);
    }

    /** Returns an architecture whose rotary frequencies begin to change beyond a length. */
    static ModelConfig shortContext(ModelConfig config, int maxPositions) {
        LanguageConfig l = config.language();
        return config.withLanguage(new LanguageConfig(
                l.family(),
                l.vocabSize(),
                l.hiddenSize(),
                l.intermediateSize(),
                l.numLayers(),
                l.numHeads(),
                l.numKeyValueHeads(),
                l.headDim(),
                l.rmsNormEps(),
                l.ropeTheta(),
                2,
                maxPositions,
                l.tieWordEmbeddings(),
                l.attentionBias(),
                l.paddingTokenId()));
    }
}
