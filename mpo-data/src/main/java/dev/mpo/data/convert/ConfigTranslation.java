package dev.mpo.data.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;

/** Translates {@code config.json} from either layout into the other. */
final class ConfigTranslation {

    private static final String ORIGINAL_SECTION = "llm_config";
    private static final String NATIVE_SECTION = "text_config";
    private static final String VISION = "vision_config";
    private static final String HARMONY_TEMPLATE = "internvl3_5_gpt_oss";
    private static final String DEFAULT_TEMPLATE = "internvl2_5";

    private ConfigTranslation() {}

    /**
     * Translates an original configuration.
     *
     * @param tied whether the output head is the embedding: only the files tell
     * @param imageTokenId id of {@code <IMG_CONTEXT>} in the tokenizer
     * @param dtype the stored number format by PyTorch's name, in which transformers 5 loads the model
     * @param where the file, for messages
     */
    static ObjectNode toNative(ObjectNode original, boolean tied, int imageTokenId, String dtype, String where) {
        ObjectNode vision = withType(VisionSection.toNative(section(original, VISION, where)), dtype);
        ObjectNode text = withType(TextConfig.toNative(section(original, ORIGINAL_SECTION, where), tied, where), dtype);
        ObjectNode root = ModelJson.object();
        root.putArray("architectures").add("InternVLForConditionalGeneration");
        double ratio = original.path("downsample_ratio").asDouble(0.5);
        root.put("downsample_ratio", ratio);
        withType(root, dtype);
        root.put("image_seq_length", tokensPerTile(original, ratio, where));
        root.put("image_token_id", imageTokenId);
        root.put("model_type", "internvl");
        root.put("projector_hidden_act", "gelu");
        root.set(NATIVE_SECTION, text);
        root.put("tie_word_embeddings", tied);
        root.set(VISION, vision);
        root.put("vision_feature_layer", original.path("select_layer").asInt(-1));
        return root.put("vision_feature_select_strategy", "default");
    }

    private static ObjectNode withType(ObjectNode section, String dtype) {
        return section.put("dtype", dtype).put("torch_dtype", dtype);
    }

    private static int tokensPerTile(ObjectNode original, double ratio, String where) {
        ObjectNode vision = section(original, VISION, where);
        int patch = vision.path("patch_size").asInt(0);
        int side = imageSize(original, where);
        if (patch < 1 || side % patch != 0) {
            throw new CheckpointException(
                    where + ": key vision_config.patch_size: expected a divisor of the image size "
                            + side + ", got " + vision.path("patch_size")
                            + ". Take config.json from the same place as the weights.");
        }
        int patches = side / patch;
        return (int) Math.round(patches * ratio * patches * ratio);
    }

    /** Returns the side of a tile in pixels. */
    static int imageSize(ObjectNode original, String where) {
        int own = section(original, VISION, where).path("image_size").asInt(448);
        return original.path("force_image_size").asInt(own);
    }

    /**
     * Translates a native configuration.
     *
     * @param base the original configuration that the native model was made of, for what the native one cannot hold;
     *     empty if it is unknown
     * @param type the decoder's model type in the original layout
     * @param tied whether the output head is the embedding
     * @param where the file, for messages
     */
    static ObjectNode toOriginal(ObjectNode nativeConfig, ObjectNode base, String type, boolean tied, String where) {
        ObjectNode baseVision = base.path(VISION) instanceof ObjectNode section ? section : ModelJson.object();
        ObjectNode vision = VisionSection.toOriginal(section(nativeConfig, VISION, where), baseVision);
        ObjectNode text = TextConfig.toOriginal(section(nativeConfig, NATIVE_SECTION, where), type, tied, where);
        ObjectNode root = base.isEmpty() ? defaults(type) : base.deepCopy();
        root.set("downsample_ratio", nativeConfig.path("downsample_ratio"));
        root.set("force_image_size", vision.path("image_size"));
        root.set("hidden_size", text.path("hidden_size"));
        root.set(ORIGINAL_SECTION, base.path(ORIGINAL_SECTION) instanceof ObjectNode old ? overlaid(old, text) : text);
        root.put("select_layer", nativeConfig.path("vision_feature_layer").asInt(-1));
        if (base.isEmpty()
                || base.path(ORIGINAL_SECTION).path("tie_word_embeddings").asBoolean(false) != tied) {
            root.put("tie_word_embeddings", tied);
        }
        JsonNode dtype = nativeConfig.has("dtype") ? nativeConfig.get("dtype") : nativeConfig.path("torch_dtype");
        if (base.isEmpty() && dtype.isTextual()) {
            root.set("torch_dtype", dtype);
        }
        root.set(VISION, vision);
        return root;
    }

    /** What the native section says, where the original had the key; the rest of the original is kept. */
    private static ObjectNode overlaid(ObjectNode old, ObjectNode text) {
        ObjectNode section = old.deepCopy();
        old.fieldNames().forEachRemaining(key -> {
            JsonNode now = text.get(key);
            boolean same = now == null
                    || key.equals("architectures")
                    || key.equals("torch_dtype")
                    || sameValue(now, old.get(key))
                    || (key.equals("rope_scaling") && sameScaling(now, old.get(key)));
            if (!same) {
                section.set(key, now);
            }
        });
        if (old.has("tie_word_embeddings") || text.path("tie_word_embeddings").asBoolean()) {
            section.set("tie_word_embeddings", text.get("tie_word_embeddings"));
        }
        return section;
    }

    private static boolean sameValue(JsonNode now, JsonNode before) {
        return now.equals(before) || (now.isNumber() && before.isNumber() && now.doubleValue() == before.doubleValue());
    }

    /** The kind of scaling may be called type, rope_type or both. */
    private static boolean sameScaling(JsonNode now, JsonNode before) {
        return now.isObject() && before.isObject() && kindless(now).equals(kindless(before));
    }

    private static ObjectNode kindless(JsonNode scaling) {
        ObjectNode copy = scaling.deepCopy();
        JsonNode kind = copy.has("rope_type") ? copy.get("rope_type") : copy.path("type");
        copy.remove("type");
        copy.set("rope_type", kind);
        return copy;
    }

    private static ObjectNode defaults(String type) {
        ObjectNode root = ModelJson.object();
        root.putArray("architectures").add("InternVLChatModel");
        root.putObject("auto_map")
                .put("AutoConfig", "configuration_internvl_chat.InternVLChatConfig")
                .put("AutoModel", "modeling_internvl_chat.InternVLChatModel")
                .put("AutoModelForCausalLM", "modeling_internvl_chat.InternVLChatModel");
        return root.put("dynamic_image_size", true)
                .put("max_dynamic_patch", 12)
                .put("min_dynamic_patch", 1)
                .put("model_type", "internvl_chat")
                .put("pad2square", false)
                .put("ps_version", "v2")
                .put("template", type.equals("gpt_oss") ? HARMONY_TEMPLATE : DEFAULT_TEMPLATE)
                .put("use_backbone_lora", 0)
                .put("use_llm_lora", 0)
                .put("use_thumbnail", true);
    }

    static ObjectNode section(ObjectNode root, String key, String where) {
        if (root.path(key) instanceof ObjectNode section) {
            return section;
        }
        throw new CheckpointException(where + ": key " + key + ": expected a JSON object, got "
                + (root.has(key) ? root.get(key) : "nothing")
                + ". This is no config.json of an InternVL model (model_type "
                + root.path("model_type").asText("not given") + ").");
    }
}
