package dev.mpo.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {

    private static final String ORIGINAL = """
            {"downsample_ratio": 0.5, "dynamic_image_size": true, "force_image_size": 448, "use_thumbnail": true,
             "min_dynamic_patch": 1, "max_dynamic_patch": 12, "ps_version": "v2", "select_layer": -1,
             "template": "internvl2_5", "unknown_key": {"a": 1},
             "llm_config": {"architectures": ["InternLM2ForCausalLM"], "model_type": "internlm2", "bias": false,
               "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4,
               "num_key_value_heads": 2, "vocab_size": 100, "max_position_embeddings": 128, "rms_norm_eps": 1e-05,
               "rope_theta": 1000000, "rope_scaling": {"type": "dynamic", "factor": 2.0}},
             "vision_config": {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
               "num_attention_heads": 4, "image_size": 448, "patch_size": 14, "norm_type": "rms_norm",
               "qk_normalization": true, "qkv_bias": false, "layer_norm_eps": 1e-06, "drop_path_rate": 0.1}}
            """;

    private static final String NATIVE = """
            {"architectures": ["InternVLForConditionalGeneration"], "model_type": "internvl", "downsample_ratio": 0.5,
             "image_token_id": 151667, "image_seq_length": 256, "projector_hidden_act": "gelu",
             "vision_feature_layer": -1, "vision_feature_select_strategy": "default",
             "text_config": {"model_type": "qwen2", "hidden_size": 64, "intermediate_size": 96,
               "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 100,
               "max_position_embeddings": 128, "rms_norm_eps": 1e-06, "tie_word_embeddings": false,
               "rope_parameters": {"rope_theta": 1000000.0, "rope_type": "default"}},
             "vision_config": {"model_type": "internvl_vision", "hidden_size": 32, "intermediate_size": 48,
               "num_hidden_layers": 2, "num_attention_heads": 4, "image_size": [448, 448], "patch_size": [14, 14],
               "norm_type": "layer_norm", "use_qk_norm": false, "attention_bias": true}}
            """;

    @TempDir
    Path dir;

    @Test
    void originalLayoutIsReadCompletely() throws IOException {
        ModelConfig config = load(ORIGINAL);
        assertThat(config)
                .isEqualTo(new ModelConfig(
                        new VisionConfig(32, 48, 2, 4, 448, 14, 3, NormType.RMS_NORM, false, true, 1e-6, 0.1),
                        new LanguageConfig(
                                Family.INTERNLM2, 100, 64, 96, 3, 4, 2, 16, 1e-5, 1e6, 2.0, 128, false, false, 2),
                        0.5,
                        2,
                        -1,
                        "internvl2_5",
                        448,
                        true,
                        true,
                        1,
                        12));
        assertThat(config.imageTokensPerTile()).isEqualTo(256);
        assertThat(config.projectorInputSize()).isEqualTo(128);
    }

    @Test
    void nativeLayoutIsReadCompletely() throws IOException {
        assertThat(load(NATIVE))
                .isEqualTo(new ModelConfig(
                        new VisionConfig(32, 48, 2, 4, 448, 14, 3, NormType.LAYER_NORM, true, false, 1e-6, 0.0),
                        new LanguageConfig(
                                Family.QWEN2, 100, 64, 96, 3, 4, 2, 16, 1e-6, 1e6, 0.0, 128, false, true, -1),
                        0.5,
                        2,
                        -1,
                        "internvl2_5",
                        448,
                        true,
                        true,
                        1,
                        12));
    }

    @Test
    void llamaInTheNativeLayoutIsInternLm2() throws IOException {
        String llama = NATIVE.replace("\"model_type\": \"qwen2\"", "\"model_type\": \"llama\"");
        assertThat(load(llama).language().family()).isEqualTo(Family.INTERNLM2);
        assertRefused(ORIGINAL.replace("\"internlm2\"", "\"llama\""), "llm_config.model_type", "qwen2 or internlm2");
    }

    @Test
    void aNeededKeyThatIsMissingIsNamedWithItsFile() {
        assertRefused(
                ORIGINAL.replace("\"vocab_size\": 100,", ""),
                "config.json: key llm_config.vocab_size: expected a whole number of 1 or more, got nothing");
        assertRefused(ORIGINAL.replace("\"norm_type\": \"rms_norm\",", ""), "vision_config.norm_type");
        assertRefused(NATIVE.replace("\"rope_theta\"", "\"other\""), "text_config.rope_parameters.rope_theta");
    }

    @Test
    void valuesThatCannotBeAreRefused() {
        assertRefused(ORIGINAL.replace("\"hidden_size\": 64", "\"hidden_size\": \"64\""), "llm_config.hidden_size");
        assertRefused(ORIGINAL.replace("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 3.5"), "num_hidden_layers");
        assertRefused(
                ORIGINAL.replace("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3"), "num_key_value_heads");
        assertRefused(ORIGINAL.replace("\"dynamic\"", "\"yarn\""), "rope_scaling.type", "dynamic or default");
        assertRefused(ORIGINAL.replace("\"bias\": false", "\"bias\": true"), "llm_config.bias");
        assertRefused(ORIGINAL.replace("\"v2\"", "\"v3\""), "ps_version");
        assertRefused(ORIGINAL.replace("\"downsample_ratio\": 0.5", "\"downsample_ratio\": 0.4"), "downsample_ratio");
        assertRefused(ORIGINAL.replace("\"force_image_size\": 448", "\"force_image_size\": 450"), "multiple of");
        assertRefused(ORIGINAL.replace("\"select_layer\": -1", "\"select_layer\": 3"), "select_layer");
    }

    @ParameterizedTest
    @CsvSource({
        "num_hidden_layers, 1000000, at most 1000",
        "num_hidden_layers, 2147483648, at most 1000",
        "num_hidden_layers, 1e3, a whole number",
        "hidden_size, 1000000000, at most 131072",
        "intermediate_size, 99999999999999999999999, at most 1048576",
        "num_attention_heads, 100000, at most 4096",
        "vocab_size, 2000000000, at most 16777216",
        "vocab_size, -1, 1 or more",
        "vocab_size, 0, 1 or more",
        "hidden_size, NaN, a whole number",
        "hidden_size, Infinity, a whole number",
        "hidden_size, true, a whole number",
        "hidden_size, [64], a whole number",
        "hidden_size, null, a whole number",
        "rms_norm_eps, NaN, a number above 0",
        "rms_norm_eps, 1e30, at most 0.1",
        "rope_theta, Infinity, a number above 0",
        "rope_theta, -1.0, a number above 0",
    })
    void absurdAndMistypedNumbersAreRefusedByTheReader(String key, String value, String expected) {
        Pattern entry = Pattern.compile("(\"llm_config\".*?\"" + key + "\": )[^,}]+", Pattern.DOTALL);
        String json = entry.matcher(ORIGINAL).replaceFirst("$1" + value);
        assertThat(json).isNotEqualTo(ORIGINAL);
        assertRefused(json, "key llm_config." + key + ": expected ");
        assertRefused(json, expected);
    }

    @Test
    void sizesThatArePossibleOneByOneButNotTogetherAreRefused() {
        String huge = ORIGINAL.replace("\"hidden_size\": 64", "\"hidden_size\": 131072")
                .replace("\"intermediate_size\": 96", "\"intermediate_size\": 1048576")
                .replace("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 1000");
        assertRefused(huge, "at most 10 trillion parameters");
    }

    @Test
    void anotherValueInPlaceOfANumberIsShownInPart() {
        String list = "[" + "1,".repeat(50_000) + "1]";
        assertThatThrownBy(() -> load(ORIGINAL.replace("\"hidden_size\": 64", "\"hidden_size\": " + list)))
                .hasMessageContaining("got [1,1,")
                .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(400));
    }

    @Test
    void aDropPathRateThatIsNoNumberIsRefused() {
        assertRefused(ORIGINAL.replace("\"drop_path_rate\": 0.1", "\"drop_path_rate\": NaN"), "drop_path_rate");
    }

    @Test
    void otherFilesAreNotTakenForAConfiguration() throws IOException {
        assertRefused("{\"model_type\": \"bert\"}", "no config.json of an InternVL model");
        assertRefused("{\"a\": ", "not valid JSON");
        Files.delete(dir.resolve("config.json"));
        assertThatThrownBy(() -> ModelConfig.load(dir)).hasMessageContaining("expected config.json");
        assertThatThrownBy(() -> ModelConfig.load(dir.resolve("absent")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("expected a directory");
    }

    @Test
    void sharedCheckpointsAreRead() {
        ModelConfig tied = ModelConfig.load(SharedFiles.require("goldens/checkpoints/tiny-qwen2-tied"));
        assertThat(tied.language().tieWordEmbeddings()).isTrue();
        assertThat(tied.imageTokensPerTile()).isEqualTo(4);
        ModelConfig untied = ModelConfig.load(SharedFiles.require("goldens/checkpoints/tiny-qwen2"));
        assertThat(untied.language().tieWordEmbeddings()).isFalse();
        ModelConfig internLm2 = ModelConfig.load(SharedFiles.require("goldens/checkpoints/tiny-internlm2"));
        assertThat(internLm2.language().dynamicNtkFactor()).isEqualTo(2.0);
        ModelConfig large = ModelConfig.load(SharedFiles.require("goldens/checkpoints/tiny-vit6b"));
        assertThat(large.vision().qkNormalization()).isTrue();
    }

    @Test
    void anUnknownPublishedNameListsTheKnownOnes() {
        assertThatThrownBy(() -> ModelConfig.published("InternVL2_5-3B"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("InternVL2_5-4B");
    }

    private ModelConfig load(String json) throws IOException {
        Files.writeString(dir.resolve("config.json"), json);
        return ModelConfig.load(dir);
    }

    private void assertRefused(String json, String... expected) {
        assertThatThrownBy(() -> load(json))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(expected);
    }
}
