package dev.mpo.core.config;

import java.util.Map;

/**
 * The spelling of a language model's tensors in one layout.
 *
 * @param embeddings the token embedding, without {@code .weight}
 * @param norm the final norm, without {@code .weight}
 * @param head the output head, without {@code .weight}
 * @param layers prefix of the layers; the layer's index and a dot follow
 * @param layer spelling of a layer's modules by their internal names; packed projections that the layout stores apart
 *     are named by their prefix, which {@code q_proj}, {@code k_proj} and {@code v_proj} follow
 */
public record DecoderNames(String embeddings, String norm, String head, String layers, Map<String, String> layer) {

    /** What Llama, Qwen and the transformers-native layout call the modules of a layer. */
    static final Map<String, String> COMMON_LAYER = Map.ofEntries(
            Map.entry("input_norm", "input_layernorm"),
            Map.entry("attention.q", "self_attn.q_proj"),
            Map.entry("attention.k", "self_attn.k_proj"),
            Map.entry("attention.v", "self_attn.v_proj"),
            Map.entry("attention.qkv", "self_attn."),
            Map.entry("attention.q_norm", "self_attn.q_norm"),
            Map.entry("attention.k_norm", "self_attn.k_norm"),
            Map.entry("attention.o", "self_attn.o_proj"),
            Map.entry("post_norm", "post_attention_layernorm"),
            Map.entry("mlp.gate", "mlp.gate_proj"),
            Map.entry("mlp.up", "mlp.up_proj"),
            Map.entry("mlp.down", "mlp.down_proj"));

    /** The original layout of every family but InternLM2. */
    static final DecoderNames ORIGINAL = new DecoderNames(
            "language_model.model.embed_tokens",
            "language_model.model.norm",
            "language_model.lm_head",
            "language_model.model.layers.",
            COMMON_LAYER);

    /** The transformers-native layout. */
    static final DecoderNames NATIVE = new DecoderNames(
            "model.language_model.embed_tokens",
            "model.language_model.norm",
            "lm_head",
            "model.language_model.layers.",
            COMMON_LAYER);

    /** Copies the spellings. */
    public DecoderNames {
        layer = Map.copyOf(layer);
    }
}
