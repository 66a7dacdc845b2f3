package dev.mpo.data.convert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.json.JsonFile;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations of the published models in either layout, translated into the other. */
class PublishedConfigsTest {

    /** What a native file may say beside what its class knows, and what its conversion is known to change. */
    private static final Set<String> IGNORED = Set.of(
            "architectures",
            "transformers_version",
            "dropout",
            "initializer_factor",
            "use_cache",
            "image_token_id",
            "torch_dtype",
            "eos_token_id");

    static Stream<String> models() {
        return Stream.of(
                "InternVL3-1B",
                "InternVL3-2B",
                "InternVL3-8B",
                "InternVL3-9B",
                "InternVL3-14B",
                "InternVL3-38B",
                "InternVL3-78B",
                "InternVL3_5-1B",
                "InternVL3_5-2B",
                "InternVL3_5-4B",
                "InternVL3_5-8B",
                "InternVL3_5-14B",
                "InternVL3_5-38B",
                "InternVL3_5-30B-A3B",
                "InternVL3_5-241B-A28B",
                "InternVL3_5-GPT-OSS-20B-A4B-Preview");
    }

    @ParameterizedTest
    @MethodSource("models")
    void theOriginalBecomesTheNativeConfiguration(String model) throws IOException {
        ObjectNode translated = ConfigTranslation.toNative(original(model), false, 151667, "bfloat16", model);

        assertContains(translated, nativeConfig(model), "");
        assertThat(translated.path("tie_word_embeddings").asBoolean(true)).isFalse();
        ObjectNode text = (ObjectNode) translated.path("text_config");
        assertThat(text.path("rope_parameters").path("rope_theta").asDouble())
                .isEqualTo(text.path("rope_theta").asDouble());
    }

    @ParameterizedTest
    @MethodSource("models")
    void theNativeBecomesTheOriginalConfiguration(String model) throws IOException {
        ObjectNode nativeConfig = nativeConfig(model);
        ObjectNode original = original(model);
        String type = TextConfig.nativeType((ObjectNode) nativeConfig.path("text_config"), model);

        ObjectNode translated = ConfigTranslation.toOriginal(nativeConfig, ModelJson.object(), type, false, model);

        assertThat(type)
                .isEqualTo(original.path("llm_config").path("model_type").asText());
        for (String key : List.of(
                "template",
                "force_image_size",
                "downsample_ratio",
                "select_layer",
                "ps_version",
                "hidden_size",
                "use_thumbnail",
                "dynamic_image_size",
                "max_dynamic_patch",
                "min_dynamic_patch")) {
            assertThat(translated.path(key)).as(key).isEqualTo(original.path(key));
        }
        for (String key : List.of(
                "hidden_size",
                "intermediate_size",
                "num_hidden_layers",
                "num_attention_heads",
                "num_key_value_heads",
                "head_dim",
                "vocab_size",
                "rope_theta",
                "rope_scaling",
                "rms_norm_eps",
                "max_position_embeddings",
                "model_type",
                "num_experts",
                "num_local_experts",
                "moe_intermediate_size",
                "num_experts_per_tok",
                "sliding_window",
                "layer_types",
                "bias",
                "qkv_bias")) {
            assertThat(plain(translated.path("llm_config").path(key)))
                    .as(key)
                    .isEqualTo(plain(original.path("llm_config").path(key)));
        }
        for (String key : List.of(
                "hidden_size",
                "intermediate_size",
                "num_hidden_layers",
                "num_attention_heads",
                "image_size",
                "patch_size",
                "norm_type",
                "qkv_bias",
                "qk_normalization",
                "layer_norm_eps")) {
            assertThat(translated.path("vision_config").path(key))
                    .as(key)
                    .isEqualTo(original.path("vision_config").path(key));
        }
    }

    /** JSON without differences in how numbers are written; the kind of scaling may be given twice. */
    private static String plain(JsonNode node) {
        if (node instanceof ObjectNode object && object.has("rope_type")) {
            ObjectNode copy = object.deepCopy();
            copy.remove("type");
            return new TreeMap<>(copy.properties().stream()
                            .collect(Collectors.toMap(Map.Entry::getKey, entry -> plain(entry.getValue()))))
                    .toString();
        }
        return node.isNumber() ? String.valueOf(node.doubleValue()) : node.toString();
    }

    private static void assertContains(JsonNode found, JsonNode expected, String path) {
        for (Map.Entry<String, JsonNode> entry : expected.properties()) {
            JsonNode value = entry.getValue();
            JsonNode own = found.path(entry.getKey());
            if (IGNORED.contains(entry.getKey()) || value.isNull()) {
                continue;
            }
            if (value.isObject() && !entry.getKey().equals("rope_scaling")) {
                assertContains(own, value, path + entry.getKey() + ".");
            } else {
                assertThat(plain(own)).as(path + entry.getKey()).isEqualTo(plain(value));
            }
        }
    }

    private static ObjectNode original(String model) throws IOException {
        return read(ModelConfig.class, "/dev/mpo/core/models/" + model + "/config.json");
    }

    private static ObjectNode nativeConfig(String model) throws IOException {
        String suffix = model.startsWith("InternVL3_5") ? "-HF" : "-hf";
        return read(SharedFiles.class, "/dev/mpo/testkit/models/" + model + suffix + "/config.json");
    }

    private static ObjectNode read(Class<?> owner, String resource) throws IOException {
        try (InputStream in = owner.getResourceAsStream(resource)) {
            return JsonFile.object(Path.of(resource), in.readAllBytes(), "");
        }
    }
}
