package dev.mpo.data.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Translates the vision tower's section, whose keys differ between the layouts in names and shapes. */
final class VisionSection {

    /** Original key to native key. */
    private static final Map<String, String> RENAMED =
            Map.of("qkv_bias", "attention_bias", "qk_normalization", "use_qk_norm", "dropout", "projection_dropout");

    /** Keys that both layouts call and mean the same. */
    private static final List<String> SHARED = List.of(
            "attention_dropout",
            "hidden_act",
            "hidden_size",
            "initializer_range",
            "intermediate_size",
            "layer_norm_eps",
            "norm_type",
            "num_attention_heads",
            "num_channels",
            "num_hidden_layers");

    private static final List<String> SIDES = List.of("image_size", "patch_size");

    private VisionSection() {}

    static ObjectNode toNative(ObjectNode original) {
        ObjectNode vision = ModelJson.object();
        RENAMED.forEach((from, to) -> copy(original, from, vision, to));
        SHARED.forEach(key -> copy(original, key, vision, key));
        for (String key : SIDES) {
            if (original.has(key)) {
                JsonNode side = original.get(key);
                vision.putArray(key).add(side).add(side);
            }
        }
        vision.put("model_type", "internvl_vision");
        if (!vision.has("num_channels")) {
            vision.put("num_channels", 3);
        }
        vision.put("hidden_dropout_prob", 0.0);
        vision.put("layer_scale_init_value", 0.1);
        vision.put("use_absolute_position_embeddings", true);
        vision.put("use_mask_token", false);
        return vision.put("use_mean_pooling", true);
    }

    /**
     * Translates a native section.
     *
     * @param base the section of the original that the native model was made of, for what the native one cannot hold;
     *     empty if it is unknown
     */
    static ObjectNode toOriginal(ObjectNode vision, ObjectNode base) {
        ObjectNode original = base.isEmpty() ? defaults() : base.deepCopy();
        RENAMED.forEach((to, from) -> copy(vision, from, original, to));
        SHARED.forEach(key -> copy(vision, key, original, key));
        for (String key : SIDES) {
            if (vision.has(key)) {
                JsonNode side = vision.get(key);
                original.set(key, side.isArray() ? side.path(0) : side);
            }
        }
        JsonNode type = vision.has("dtype") ? vision.get("dtype") : vision.path("torch_dtype");
        if (base.isEmpty() && type.isTextual()) {
            original.set("torch_dtype", type);
        }
        return original;
    }

    private static ObjectNode defaults() {
        ObjectNode section = ModelJson.object();
        section.putArray("architectures").add("InternVisionModel");
        return section.put("drop_path_rate", 0.0)
                .put("initializer_factor", 1.0)
                .put("model_type", "intern_vit_6b")
                .put("use_bfloat16", true)
                .put("use_flash_attn", true);
    }

    private static void copy(ObjectNode from, String key, ObjectNode to, String newKey) {
        if (from.has(key)) {
            to.set(newKey, from.get(key));
        }
    }
}
