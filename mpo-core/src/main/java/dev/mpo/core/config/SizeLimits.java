package dev.mpo.core.config;

import dev.mpo.core.CheckpointException;
import java.util.Map;

/**
 * The largest sizes that a model can have. They are far above every published model and keep a damaged or hostile
 * configuration from filling the memory with a list of parameters.
 */
final class SizeLimits {

    /** Holds for keys that are not listed. */
    private static final int OTHERS = 1 << 24;

    private static final Map<String, Integer> BY_KEY = Map.ofEntries(
            Map.entry("num_hidden_layers", 1_000),
            Map.entry("hidden_size", 1 << 17),
            Map.entry("intermediate_size", 1 << 20),
            Map.entry("moe_intermediate_size", 1 << 20),
            Map.entry("num_attention_heads", 1 << 12),
            Map.entry("num_key_value_heads", 1 << 12),
            Map.entry("head_dim", 1 << 13),
            Map.entry("num_experts", 1 << 12),
            Map.entry("num_local_experts", 1 << 12),
            Map.entry("num_experts_per_tok", 1 << 12),
            Map.entry("image_size", 1 << 14),
            Map.entry("force_image_size", 1 << 14),
            Map.entry("patch_size", 1 << 10),
            Map.entry("num_channels", 1 << 6),
            Map.entry("max_position_embeddings", 1 << 30),
            Map.entry("min_dynamic_patch", 1 << 10),
            Map.entry("max_dynamic_patch", 1 << 10));

    private static final double MAX_PARAMETERS = 1e13;

    private SizeLimits() {}

    /** Returns the largest value of a key. */
    static int of(String key) {
        return BY_KEY.getOrDefault(key, OTHERS);
    }

    /** Refuses a model whose sizes are possible one by one, but not together. */
    static void requirePossible(ConfigSection top, ModelConfig config) {
        LanguageConfig l = config.language();
        VisionConfig v = config.vision();
        double tables = 2.0 * l.vocabSize() * l.hiddenSize();
        double languageLayer = 2.0 * l.hiddenSize() * l.headDim() * (l.numHeads() + l.numKeyValueHeads())
                + 3.0 * l.hiddenSize() * l.intermediateSize();
        double visionLayer = 4.0 * v.hiddenSize() * v.hiddenSize() + 2.0 * v.hiddenSize() * v.intermediateSize();
        double patches = (double) v.patchesPerSide() * v.patchesPerSide() * v.hiddenSize();
        double all = tables + l.numLayers() * languageLayer + v.numLayers() * visionLayer + patches;
        if (all > MAX_PARAMETERS) {
            throw new CheckpointException(top.file()
                    + ": expected a model of at most 10 trillion parameters, got about " + Math.round(all / 1e12)
                    + " trillion. Take config.json from the same place as the weights.");
        }
    }
}
