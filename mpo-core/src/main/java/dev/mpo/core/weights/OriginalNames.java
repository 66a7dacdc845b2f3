package dev.mpo.core.weights;

import dev.mpo.core.config.Family;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.model.StageSpec;
import java.util.List;
import java.util.Map;

/** Names of the original layout: every parameter is one tensor of the same shape. */
final class OriginalNames implements LayoutNames {

    private static final Map<String, String> VISION_LAYER = Map.ofEntries(
            Map.entry("norm1", "norm1"),
            Map.entry("attention.qkv", "attn.qkv"),
            Map.entry("attention.q_norm", "attn.q_norm"),
            Map.entry("attention.k_norm", "attn.k_norm"),
            Map.entry("attention.proj", "attn.proj"),
            Map.entry("layer_scale1", "ls1"),
            Map.entry("norm2", "norm2"),
            Map.entry("mlp.fc1", "mlp.fc1"),
            Map.entry("mlp.fc2", "mlp.fc2"),
            Map.entry("layer_scale2", "ls2"));

    private static final Map<String, String> PROJECTOR = Map.of("norm", "0", "linear1", "1", "linear2", "3");

    private static final Map<String, String> QWEN2_LAYER = Map.ofEntries(
            Map.entry("input_norm", "input_layernorm"),
            Map.entry("attention.q", "self_attn.q_proj"),
            Map.entry("attention.k", "self_attn.k_proj"),
            Map.entry("attention.v", "self_attn.v_proj"),
            Map.entry("attention.o", "self_attn.o_proj"),
            Map.entry("post_norm", "post_attention_layernorm"),
            Map.entry("mlp.gate", "mlp.gate_proj"),
            Map.entry("mlp.up", "mlp.up_proj"),
            Map.entry("mlp.down", "mlp.down_proj"));

    private static final Map<String, String> INTERNLM2_LAYER = Map.ofEntries(
            Map.entry("input_norm", "attention_norm"),
            Map.entry("attention.qkv", "attention.wqkv"),
            Map.entry("attention.o", "attention.wo"),
            Map.entry("post_norm", "ffn_norm"),
            Map.entry("mlp.gate", "feed_forward.w1"),
            Map.entry("mlp.up", "feed_forward.w3"),
            Map.entry("mlp.down", "feed_forward.w2"));

    private final boolean internLm2;

    OriginalNames(Family family) {
        this.internLm2 = family == Family.INTERNLM2;
    }

    @Override
    public List<TensorMapping> mappings(StageSpec stage, ParameterSpec parameter) {
        Map.Entry<String, String> place = TensorNames.prefixAndIndex(stage.name());
        NameParts parts = NameParts.of(parameter.name());
        String stored = switch (place.getKey()) {
            case ModelLayout.VISION_EMBEDDINGS -> "vision_model.embeddings." + parameter.name();
            case ModelLayout.VISION_LAYERS ->
                "vision_model.encoder.layers." + place.getValue() + "." + parts.in(VISION_LAYER);
            case ModelLayout.PROJECTOR -> "mlp1." + parts.in(PROJECTOR);
            case ModelLayout.LANGUAGE_EMBEDDINGS ->
                "language_model.model." + (internLm2 ? "tok_embeddings" : "embed_tokens") + ".weight";
            case ModelLayout.LANGUAGE_LAYERS ->
                "language_model.model.layers." + place.getValue() + "."
                        + parts.in(internLm2 ? INTERNLM2_LAYER : QWEN2_LAYER);
            case ModelLayout.LANGUAGE_HEAD ->
                parts.module().equals("norm")
                        ? "language_model.model.norm.weight"
                        : "language_model." + (internLm2 ? "output" : "lm_head") + ".weight";
            default -> throw new IllegalArgumentException("unknown stage " + stage.name());
        };
        return List.of(TensorNames.whole(stored, stage, parameter));
    }
}
