package dev.mpo.data.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Translates the decoder's section: {@code llm_config} of the original layout, {@code text_config} of the native one.
 * InternLM2 and InternLM3 are called {@code llama} there. The native section is written with the keys of transformers 5
 * ({@code rope_parameters}, {@code dtype}) beside those of transformers 4 ({@code rope_theta}, {@code rope_scaling},
 * {@code torch_dtype}), so that either reads it.
 */
final class TextConfig {

    static final String INTERNLM2 = "internlm2";
    static final String INTERNLM3 = "internlm3";
    private static final String LLAMA = "llama";

    /** The base of InternLM3's rotary embedding tells it from InternLM2, which has 1e6, where both are called llama. */
    private static final double INTERNLM3_ROPE_THETA = 5e7;

    private static final Map<String, String> ARCHITECTURES = Map.of(
            "qwen2",
            "Qwen2ForCausalLM",
            "qwen3",
            "Qwen3ForCausalLM",
            "qwen3_moe",
            "Qwen3MoeForCausalLM",
            "gpt_oss",
            "GptOssForCausalLM",
            INTERNLM2,
            "InternLM2ForCausalLM",
            INTERNLM3,
            "InternLM3ForCausalLM");

    /** Keys of the original section that mean nothing to the native classes. */
    private static final List<String> ORIGINAL_ONLY =
            List.of("_name_or_path", "architectures", "auto_map", "attn_implementation", "moe_config", "use_bfloat16");

    private static final Set<String> LISTS_FULL_LAYERS = Set.of("qwen2", "qwen3");

    private TextConfig() {}

    /** Returns the architecture that an original section names, as its model type. */
    static String originalType(ObjectNode section, String where) {
        String type = section.path("model_type").asText("");
        if (type.isEmpty()) {
            String architecture = section.path("architectures").path(0).asText("");
            type = ARCHITECTURES.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(architecture))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(architecture);
        }
        if (!ARCHITECTURES.containsKey(type)) {
            throw unknown(where, type);
        }
        return type;
    }

    /** Returns the model type that a native section gets in the original layout. */
    static String nativeType(ObjectNode section, String where) {
        String type = section.path("model_type").asText("");
        if (type.equals(LLAMA)) {
            return ropeTheta(section, where) >= INTERNLM3_ROPE_THETA ? INTERNLM3 : INTERNLM2;
        }
        if (!ARCHITECTURES.containsKey(type)) {
            throw unknown(where, type);
        }
        return type;
    }

    private static CheckpointException unknown(String where, String type) {
        return new CheckpointException(where + ": key model_type: expected qwen2, qwen3, qwen3_moe, gpt_oss, internlm2"
                + " or internlm3 (llama for the last two in the native layout), got "
                + (type.isEmpty() ? "nothing" : type) + ". Use an InternVL 2.5, 3 or 3.5 model.");
    }

    /** Translates an original section. */
    static ObjectNode toNative(ObjectNode original, boolean tied, String where) {
        ObjectNode text = original.deepCopy();
        String type = originalType(original, where);
        text.remove(ORIGINAL_ONLY);
        text.put("model_type", type);
        if (type.equals(INTERNLM2) || type.equals(INTERNLM3)) {
            llama(text, type, where);
        }
        rope(original, text, where);
        if (LISTS_FULL_LAYERS.contains(type)
                && !original.has("layer_types")
                && !original.path("use_sliding_window").asBoolean(false)) {
            ArrayNode layers = text.putArray("layer_types");
            for (int i = 0; i < original.path("num_hidden_layers").asInt(); i++) {
                layers.add("full_attention");
            }
        }
        text.put("tie_word_embeddings", tied);
        return text;
    }

    private static void llama(ObjectNode text, String type, String where) {
        boolean bias = flag(text, "bias");
        boolean attention = type.equals(INTERNLM3) ? flag(text, "qkv_bias") : bias;
        if (attention != bias || (bias && type.equals(INTERNLM2))) {
            throw new CheckpointException(where + ": expected a decoder without biases, got bias=" + bias
                    + (type.equals(INTERNLM3) ? ", qkv_bias=" + attention : "")
                    + ". The native layout has no place for these; no published model has them.");
        }
        text.remove(List.of("bias", "qkv_bias"));
        text.put("model_type", LLAMA);
        text.put("attention_bias", attention);
        text.put("mlp_bias", bias);
        if (!text.has("head_dim")) {
            text.put(
                    "head_dim",
                    text.path("hidden_size").asInt()
                            / Math.max(1, text.path("num_attention_heads").asInt(1)));
        }
        if (!text.has("pad_token_id")) {
            text.put("pad_token_id", 2); // what both configuration classes assume
        }
    }

    private static boolean flag(ObjectNode section, String key) {
        return section.path(key).asBoolean(false);
    }

    /** Sets the rotary embedding in both styles. */
    private static void rope(ObjectNode from, ObjectNode to, String where) {
        ObjectNode parameters = ropeParameters(from, where);
        to.set("rope_parameters", parameters);
        to.set("rope_theta", parameters.get("rope_theta"));
        to.set("rope_scaling", ropeScaling(parameters));
    }

    private static JsonNode ropeScaling(ObjectNode parameters) {
        if (parameters.path("rope_type").asText().equals("default")) {
            return NullNode.getInstance();
        }
        ObjectNode scaling = parameters.deepCopy();
        scaling.remove("rope_theta");
        return scaling;
    }

    /** Reads {@code rope_parameters}, or what {@code rope_theta} and {@code rope_scaling} say in their place. */
    private static ObjectNode ropeParameters(ObjectNode section, String where) {
        ObjectNode parameters = ModelJson.object();
        JsonNode source = section.path("rope_parameters").isObject()
                ? section.path("rope_parameters")
                : section.path("rope_scaling");
        if (source instanceof ObjectNode object) {
            parameters.setAll(object);
        }
        String type =
                parameters.path("rope_type").asText(parameters.path("type").asText("default"));
        parameters.remove("type");
        parameters.put("rope_type", type);
        parameters.put("rope_theta", ropeTheta(section, where));
        return parameters;
    }

    private static double ropeTheta(ObjectNode section, String where) {
        JsonNode theta = section.path("rope_parameters").path("rope_theta");
        if (!theta.isNumber()) {
            theta = section.path("rope_theta");
        }
        if (!theta.isNumber()) {
            throw new CheckpointException(where + ": key rope_theta: expected a number above 0, got "
                    + (theta.isMissingNode() ? "nothing" : theta)
                    + ". Take config.json from the same place as the weights.");
        }
        return theta.doubleValue();
    }

    /**
     * Translates a native section.
     *
     * @param type the original model type
     */
    static ObjectNode toOriginal(ObjectNode text, String type, boolean tied, String where) {
        ObjectNode original = text.deepCopy();
        ObjectNode parameters = ropeParameters(text, where);
        original.remove(List.of("rope_parameters", "dtype"));
        original.set("rope_theta", parameters.get("rope_theta"));
        original.set("rope_scaling", originalScaling(parameters, type));
        JsonNode dtype = text.has("dtype") ? text.get("dtype") : text.path("torch_dtype");
        if (dtype.isTextual()) {
            original.set("torch_dtype", dtype);
        }
        if (!type.equals("gpt_oss")) {
            original.remove("layer_types");
        }
        if (type.equals("qwen3_moe") && text.has("num_local_experts")) {
            original.set("num_experts", text.get("num_local_experts"));
            original.remove("num_local_experts");
        }
        if (type.equals(INTERNLM2) || type.equals(INTERNLM3)) {
            original.remove(List.of("attention_bias", "mlp_bias", "pretraining_tp"));
            original.put("bias", flag(text, "mlp_bias"));
            if (type.equals(INTERNLM3)) {
                original.put("qkv_bias", flag(text, "attention_bias"));
            }
        }
        original.put("model_type", type);
        original.putArray("architectures").add(ARCHITECTURES.get(type));
        original.put("tie_word_embeddings", tied);
        return original;
    }

    /** The older classes read the kind of scaling from {@code type}, the newer ones from {@code rope_type}. */
    private static JsonNode originalScaling(ObjectNode parameters, String type) {
        JsonNode scaling = ropeScaling(parameters);
        if (scaling instanceof ObjectNode object && !type.equals("gpt_oss")) {
            object.set("type", object.get("rope_type"));
        }
        return scaling;
    }
}
