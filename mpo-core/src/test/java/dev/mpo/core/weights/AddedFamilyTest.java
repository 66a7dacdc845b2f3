package dev.mpo.core.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A family that only the tests know is read, named and laid out without a change anywhere else. */
class AddedFamilyTest {

    @TempDir
    Path folder;

    private ModelConfig config() throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "internvl_chat", "force_image_size": 28, "ps_version": "v2",
                 "vision_config": {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1,
                   "num_attention_heads": 2, "image_size": 28, "patch_size": 7, "norm_type": "layer_norm",
                   "qkv_bias": true},
                 "llm_config": {"model_type": "upside_down", "vocab_size": 40, "hidden_size": 16,
                   "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4,
                   "num_key_value_heads": 2, "head_dim": 6, "rms_norm_eps": 1e-6, "rope_theta": 10000,
                   "max_position_embeddings": 512}}
                """);
        return ModelConfig.load(folder);
    }

    @Test
    void itsConfigurationIsReadByItself() throws IOException {
        ModelConfig config = config();
        assertThat(config.language().family()).hasToString("UPSIDE_DOWN");
        assertThat(config.language().attentionBias()).isTrue();
        assertThat(config.template()).isEqualTo("upside_down");
        assertThat(Family.named("UPSIDE_DOWN").tokens().roles()).containsEntry("eos_token", "<end>");
    }

    @Test
    void itsTensorsHaveItsNamesInBothLayouts() throws IOException {
        assertThat(names(Layout.ORIGINAL))
                .contains(
                        "language_model.words.weight",
                        "language_model.l.1.mix.in.bias",
                        "language_model.l.1.mix.nq.weight",
                        "language_model.l.0.wide.c.weight",
                        "language_model.last.weight",
                        "language_model.out.weight");
        assertThat(names(Layout.TRANSFORMERS))
                .contains(
                        "model.language_model.layers.1.self_attn.q_proj.weight",
                        "model.language_model.layers.1.self_attn.v_proj.bias",
                        "model.language_model.layers.1.self_attn.k_norm.weight",
                        "lm_head.weight");
    }

    private List<String> names(Layout layout) throws IOException {
        return TensorNames.mappings(config(), layout).stream()
                .map(TensorMapping::storedName)
                .toList();
    }
}
