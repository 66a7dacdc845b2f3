package dev.mpo.core.config;

/** Reads the vision section of either layout; the two differ in the names of a few keys. */
final class VisionConfigReader {

    private VisionConfigReader() {}

    static VisionConfig original(ConfigSection section) {
        return read(section, "qkv_bias", "qk_normalization");
    }

    static VisionConfig transformersNative(ConfigSection section) {
        return read(section, "attention_bias", "use_qk_norm");
    }

    private static VisionConfig read(ConfigSection section, String biasKey, String qkNormKey) {
        section.expectText("hidden_act", "gelu");
        section.expectText("norm_type", "layer_norm", "rms_norm");
        VisionConfig vision = new VisionConfig(
                section.positiveInt("hidden_size"),
                section.positiveInt("intermediate_size"),
                section.positiveInt("num_hidden_layers"),
                section.positiveInt("num_attention_heads"),
                section.positiveInt("image_size"),
                section.positiveInt("patch_size"),
                section.positiveIntOr("num_channels", 3),
                section.text("norm_type").orElse("").equals("rms_norm") ? NormType.RMS_NORM : NormType.LAYER_NORM,
                section.flagOr(biasKey, false),
                section.flagOr(qkNormKey, false),
                section.has("layer_norm_eps") ? section.epsilon("layer_norm_eps") : 1e-6,
                section.rateOr("drop_path_rate", 0.0));
        if (!section.has("norm_type")) {
            throw section.wrong("norm_type", "layer_norm or rms_norm");
        }
        if (vision.hiddenSize() % vision.numHeads() != 0) {
            throw section.wrong("num_attention_heads", "a divisor of hidden_size " + vision.hiddenSize());
        }
        if (vision.imageSize() % vision.patchSize() != 0) {
            throw section.wrong("image_size", "a multiple of patch_size " + vision.patchSize());
        }
        return vision;
    }
}
