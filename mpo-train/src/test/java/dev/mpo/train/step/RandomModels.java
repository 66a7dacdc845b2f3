package dev.mpo.train.step;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.testkit.TestDevice;
import java.util.Map;
import java.util.Random;

/** Small architectures with random weights: 40 tokens, tiles of 28 pixels with 4 image tokens each. */
final class RandomModels {

    private static final Device DEVICE = new Device(TestDevice.name());

    static final int IMAGE_TOKEN = 7;
    static final int PADDING_TOKEN = 3;
    static final int VOCABULARY = 40;
    static final int TILE_SIZE = 28;
    static final int TOKENS_PER_TILE = 4;

    private RandomModels() {}

    /**
     * Describes a model.
     *
     * @param tied whether the output matrix is the embedding table; such models also get a vision tower of the 6B style
     * @param maxPositions length from which dynamic rope scaling sets in; 0 for no scaling
     */
    static ModelConfig config(Family family, boolean tied, int maxPositions) {
        NormType norm = tied ? NormType.RMS_NORM : NormType.LAYER_NORM;
        VisionConfig vision = new VisionConfig(16, 24, 2, 2, TILE_SIZE, 7, 3, norm, !tied, tied, 1e-6, 0);
        LanguageConfig language = new LanguageConfig(
                family,
                VOCABULARY,
                16,
                24,
                2,
                4,
                2,
                4,
                1e-6,
                10000,
                maxPositions > 0 ? 2 : 0,
                maxPositions > 0 ? maxPositions : 512,
                tied,
                family == Family.QWEN2,
                PADDING_TOKEN);
        return new ModelConfig(vision, language, 0.5, 2, -1, "internvl2_5", TILE_SIZE, true, true, 1, 12);
    }

    /** Draws a model; the caller closes it. */
    static VisionLanguageModel draw(ModelConfig config, ModelOptions options, long seed) {
        VisionLanguageModel model = VisionLanguageModel.create(config, options);
        Random random = new Random(seed);
        for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
            Tensor target = entry.getValue();
            double[] values = new double[(int) target.numel()];
            boolean norm = entry.getKey().contains("norm") && entry.getKey().endsWith("weight");
            for (int i = 0; i < values.length; i++) {
                values[i] = (norm ? 1 : 0) + 0.2 * random.nextGaussian();
            }
            try (Scope scope = new Scope()) {
                Tensors.copy(Tensors.of(scope, DEVICE, values, values.length), target);
            }
        }
        model.parameters().publish();
        return model;
    }
}
