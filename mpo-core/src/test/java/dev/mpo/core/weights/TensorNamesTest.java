package dev.mpo.core.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.ModelConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorNamesTest {

    @Test
    void originalNamesOfTheSmallTowerAndQwen2() {
        assertThat(names("InternVL2_5-1B", Layout.ORIGINAL))
                .contains(
                        "vision_model.embeddings.class_embedding",
                        "vision_model.embeddings.patch_embedding.weight",
                        "vision_model.embeddings.position_embedding",
                        "vision_model.encoder.layers.23.attn.qkv.bias",
                        "vision_model.encoder.layers.0.ls1",
                        "mlp1.0.bias",
                        "mlp1.3.weight",
                        "language_model.model.embed_tokens.weight",
                        "language_model.model.layers.23.self_attn.q_proj.bias",
                        "language_model.model.layers.0.post_attention_layernorm.weight",
                        "language_model.model.norm.weight",
                        "language_model.lm_head.weight");
    }

    @Test
    void originalNamesOfTheLargeTowerAndInternLm2() {
        assertThat(names("InternVL2_5-26B", Layout.ORIGINAL))
                .contains(
                        "vision_model.encoder.layers.44.attn.q_norm.weight",
                        "vision_model.encoder.layers.44.attn.k_norm.weight",
                        "language_model.model.tok_embeddings.weight",
                        "language_model.model.layers.47.attention.wqkv.weight",
                        "language_model.model.layers.0.attention.wo.weight",
                        "language_model.model.layers.0.feed_forward.w1.weight",
                        "language_model.model.layers.0.attention_norm.weight",
                        "language_model.model.layers.0.ffn_norm.weight",
                        "language_model.output.weight")
                .doesNotContain(
                        "vision_model.encoder.layers.0.attn.qkv.bias", "vision_model.encoder.layers.0.norm1.bias");
    }

    @Test
    void nativeNamesUnpackBothProjections() {
        assertThat(names("InternVL2_5-8B", Layout.TRANSFORMERS))
                .contains(
                        "model.vision_tower.embeddings.cls_token",
                        "model.vision_tower.embeddings.patch_embeddings.projection.bias",
                        "model.vision_tower.embeddings.position_embeddings",
                        "model.vision_tower.encoder.layer.0.attention.v_proj.bias",
                        "model.vision_tower.encoder.layer.0.attention.projection_layer.weight",
                        "model.vision_tower.encoder.layer.0.layernorm_before.weight",
                        "model.vision_tower.encoder.layer.0.lambda_2",
                        "model.multi_modal_projector.layer_norm.weight",
                        "model.multi_modal_projector.linear_2.bias",
                        "model.language_model.embed_tokens.weight",
                        "model.language_model.layers.31.self_attn.k_proj.weight",
                        "model.language_model.layers.0.mlp.down_proj.weight",
                        "model.language_model.norm.weight",
                        "lm_head.weight");
    }

    @Test
    void packedRowsOfInternLm2AreGroupedByKeyHead() {
        // 32 query heads on 8 key heads of width 128: a group is 4 query heads, a key head and a value head.
        String prefix = "model.language_model.layers.0.self_attn.";
        TensorMapping queries = mapping(prefix + "q_proj.weight");
        assertThat(queries.storedShape()).containsExactly(4096L, 4096L);
        assertThat(queries.rows()).startsWith(new RowRange(0, 512), new RowRange(768, 512));
        TensorMapping values = mapping(prefix + "v_proj.weight");
        assertThat(values.storedShape()).containsExactly(1024L, 4096L);
        assertThat(values.rows()).hasSize(8).startsWith(new RowRange(640, 128), new RowRange(1408, 128));
    }

    private static TensorMapping mapping(String storedName) {
        return TensorNames.mappings(ModelConfig.published("InternVL2_5-8B"), Layout.TRANSFORMERS).stream()
                .filter(mapping -> mapping.storedName().equals(storedName))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> names(String model, Layout layout) {
        return TensorNames.mappings(ModelConfig.published(model), layout).stream()
                .map(TensorMapping::storedName)
                .toList();
    }
}
