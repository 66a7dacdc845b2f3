package dev.mpo.data.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.TensorInfo;
import dev.mpo.core.weights.Layout;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Model folders in the other layout, against what transformers makes of the same checkpoints. */
class ModelConversionTest {

    @TempDir
    private Path temp = Path.of("");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny-qwen2",
                "tiny-qwen2-tied",
                "tiny-qwen2-v3",
                "tiny-internlm2",
                "tiny-vit6b",
                "tiny-qwen3",
                "tiny-qwen3-tied",
                "tiny-qwen3-moe",
                "tiny-internlm3",
                "tiny-gptoss"
            })
    void everyTensorBecomesWhatTransformersMakesOfIt(String name) throws IOException {
        JsonNode golden = golden(name);
        Path converted = temp.resolve("hf");

        ModelConversion.convert(checkpoint(name), Layout.TRANSFORMERS, converted);

        Map<String, String> expected = new TreeMap<>();
        for (JsonNode tensor : golden.path("tensors")) {
            expected.put(
                    tensor.path(2).asText(),
                    tensor.path(3) + " " + tensor.path(4).asText());
        }
        assertThat(hashes(converted)).containsExactlyInAnyOrderEntriesOf(expected);
        assertContains(ModelJson.read(converted.resolve("config.json")), golden.path("config_hf"), "");
    }

    /** Every key of the expected configuration that says anything must be there with its value. */
    private static void assertContains(JsonNode found, JsonNode expected, String path) {
        for (Map.Entry<String, JsonNode> entry : expected.properties()) {
            String key = path + entry.getKey();
            JsonNode value = entry.getValue();
            boolean leftover = key.equals("transformers_version") || CLASS_DEFAULTS.contains(entry.getKey());
            if (value.isObject() && !value.isEmpty()) {
                assertContains(found.path(entry.getKey()), value, key + ".");
            } else if (!value.isNull() && !leftover) {
                JsonNode own = entry.getKey().equals("num_local_experts") && !found.has(entry.getKey())
                        ? found.path("num_experts")
                        : found.path(entry.getKey());
                assertThat(own.isNumber() ? own.decimalValue().stripTrailingZeros() : own)
                        .as(key)
                        .isEqualTo(value.isNumber() ? value.decimalValue().stripTrailingZeros() : value);
            }
        }
    }

    /** Keys that the class adds by itself, which no published native configuration needs. */
    private static final List<String> CLASS_DEFAULTS = List.of(
            "pretraining_tp",
            "attention_dropout",
            "is_decoder",
            "pruned_heads",
            "add_cross_attention",
            "torchscript",
            "tf_legacy_loss",
            "tie_encoder_decoder");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny-qwen2",
                "tiny-qwen2-tied",
                "tiny-qwen2-v3",
                "tiny-internlm2",
                "tiny-vit6b",
                "tiny-qwen3",
                "tiny-qwen3-tied",
                "tiny-qwen3-moe",
                "tiny-internlm3",
                "tiny-gptoss"
            })
    void thereAndBackIsTheSameFolder(String name) throws IOException {
        Path original = checkpoint(name);
        Path converted = temp.resolve("hf");
        Path back = temp.resolve("back");

        ModelConversion.convert(original, Layout.TRANSFORMERS, converted);
        ModelConversion.convert(converted, Layout.ORIGINAL, back);

        assertThat(hashes(back)).containsExactlyInAnyOrderEntriesOf(hashes(original));
        assertThat(Files.exists(back.resolve(SafetensorsFolder.INDEX_FILE)))
                .isEqualTo(Files.exists(original.resolve(SafetensorsFolder.INDEX_FILE)));
        try (Stream<Path> files = Files.list(original)) {
            for (Path file : files.filter(file -> !file.toString().contains("model.safetensors"))
                    .filter(file -> !file.toString().endsWith(".safetensors"))
                    .toList()) {
                Path now = back.resolve(file.getFileName().toString());
                assertThat(now).exists();
                if (file.toString().endsWith(".json")) {
                    assertThat(plain(ModelJson.read(now)).equals(plain(ModelJson.read(file))))
                            .as(file.toString())
                            .isTrue();
                }
            }
        }
    }

    /** JSON without differences in how numbers are written. */
    private static String plain(JsonNode node) {
        return node.toString().replaceAll("(\\d)\\.0\\b", "$1").replaceAll("1\\.?0?[eE]-0?", "1e-");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny-qwen2-v3",
                "tiny-qwen3",
                "tiny-qwen3-tied",
                "tiny-qwen3-moe",
                "tiny-internlm3",
                "tiny-gptoss"
            })
    void whatTransformersSavedBecomesTheOriginalAgain(String name) throws IOException {
        Path back = temp.resolve("back");

        ModelConversion.Report report = ModelConversion.convert(checkpoint(name + "-hf"), Layout.ORIGINAL, back);

        assertThat(hashes(back)).containsExactlyInAnyOrderEntriesOf(hashes(checkpoint(name)));
        ObjectNode found = ModelJson.read(back.resolve("config.json"));
        ObjectNode expected = ModelJson.read(checkpoint(name).resolve("config.json"));
        for (String key : List.of(
                "template", "force_image_size", "select_layer", "tie_word_embeddings", "hidden_size", "ps_version")) {
            assertThat(found.path(key)).as(key).isEqualTo(expected.path(key));
        }
        assertContains(
                found.path("vision_config"),
                without(expected.path("vision_config"), "architectures"),
                "vision_config.");
        assertContains(
                found.path("llm_config"),
                without(expected.path("llm_config"), "auto_map", "experts_per_token", "initial_context_length"),
                "llm_config.");
        assertThat(report.notes()).anyMatch(note -> note.contains("python sources"));
        for (String file : List.of("vocab.json", "merges.txt", "added_tokens.json")) {
            Path original = checkpoint(name).resolve(file);
            if (Files.exists(original) && file.endsWith(".json")) {
                assertThat(ModelJson.read(back.resolve(file)).size())
                        .as(file)
                        .isEqualTo(ModelJson.read(original).size());
                assertThat(ModelJson.read(back.resolve(file))).as(file).isEqualTo(ModelJson.read(original));
            } else if (Files.exists(original)) {
                assertThat(lines(back.resolve(file))).isEqualTo(lines(original));
            }
        }
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("#version"))
                .toList();
    }

    private static JsonNode without(JsonNode node, String... keys) {
        ObjectNode copy = node.deepCopy();
        copy.remove(List.of(keys));
        return copy;
    }

    @Test
    void filesInMixedNamingAreRead() throws IOException {
        Path mixed = renamed(
                "tiny-qwen3",
                "legacy-then-prefixed",
                name -> name.startsWith("vision_tower.")
                        ? "model." + name
                        : name.startsWith("language_model.model.layers.0.")
                                ? name.replace("language_model.model.", "model.language_model.")
                                : name);
        Path back = temp.resolve("back");

        ModelConversion.convert(mixed, Layout.ORIGINAL, back);

        assertThat(hashes(back)).containsExactlyInAnyOrderEntriesOf(hashes(checkpoint("tiny-qwen3")));
    }

    @Test
    void aMissingPartOfAPackedProjectionIsNamed() throws IOException {
        Path broken =
                renamed("tiny-qwen3", "broken", name -> name.endsWith("layer.1.attention.k_proj.weight") ? null : name);

        assertThatThrownBy(() -> ModelConversion.convert(broken, Layout.ORIGINAL, temp.resolve("back")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("vision_model.encoder.layers.1.attn.qkv.weight")
                .hasMessageContaining("k is missing");
    }

    @Test
    void aTensorThatOtherLayersHaveIsMissed() throws IOException {
        Path broken =
                renamed("tiny-qwen3", "broken", name -> name.endsWith("layers.1.mlp.up_proj.weight") ? null : name);

        assertThatThrownBy(() -> ModelConversion.convert(broken, Layout.ORIGINAL, temp.resolve("back")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("layer 1: mlp.up_proj.weight");
    }

    @Test
    void aMissingLayerIsNamed() throws IOException {
        Path broken = renamed("tiny-qwen3", "broken", name -> name.contains("layer.1.") ? null : name);

        assertThatThrownBy(() -> ModelConversion.convert(broken, Layout.ORIGINAL, temp.resolve("back")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("all of layer 1")
                .hasMessageContaining("vision tower");
    }

    @Test
    void anIdThatIsNoNumberIsNamed() throws IOException {
        Path source = copy(checkpoint("tiny-qwen3"), "source");
        Path file = source.resolve("tokenizer_config.json");
        Files.writeString(file, Files.readString(file).replace("\"993\"", "\"many\""));

        assertThatThrownBy(() -> ModelConversion.convert(source, Layout.TRANSFORMERS, temp.resolve("hf")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("got many");
    }

    @Test
    void aTensorWithoutAPlaceIsNamed() throws IOException {
        Path broken = renamed("tiny-qwen3", "broken", name -> name.endsWith("lambda_1") ? name + ".lora_A" : name);

        assertThatThrownBy(() -> ModelConversion.convert(broken, Layout.ORIGINAL, temp.resolve("back")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("lambda_1.lora_A")
                .hasMessageContaining("merge adapters");
    }

    @Test
    void aQuantisedModelIsRefused() {
        Path quantised = checkpoint("tiny-qwen3-tied-hf-nf4");

        assertThatThrownBy(() -> ModelConversion.convert(quantised, Layout.ORIGINAL, temp.resolve("back")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("quantised");
    }

    @Test
    void aModelThatIsInTheLayoutAlreadyIsRefused() {
        Path model = checkpoint("tiny-qwen3");

        assertThatThrownBy(() -> ModelConversion.convert(model, Layout.ORIGINAL, temp.resolve("same")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("internvl already");
    }

    @Test
    void sourcesAndOtherFilesAreKeptOrNamed() throws IOException {
        Path source = copy(checkpoint("tiny-qwen3"), "source");
        Files.writeString(source.resolve("modeling_internvl_chat.py"), "# model\n");
        Files.writeString(source.resolve("README.md"), "a model");
        Path converted = temp.resolve("hf");
        Path back = temp.resolve("back");

        ModelConversion.Report there = ModelConversion.convert(source, Layout.TRANSFORMERS, converted);
        ModelConversion.Report again = ModelConversion.convert(converted, Layout.ORIGINAL, back);

        assertThat(there.kept()).contains("modeling_internvl_chat.py", "config.json", "preprocessor_config.json");
        assertThat(converted.resolve("README.md")).exists();
        assertThat(converted.resolve("modeling_internvl_chat.py")).doesNotExist();
        assertThat(back.resolve("modeling_internvl_chat.py")).hasContent("# model\n");
        assertThat(again.leftOut()).containsExactlyInAnyOrder("processor_config.json", "chat_template.jinja");
        assertThat(again.notes()).isEmpty();
    }

    @Test
    void theIdOfTheImageTokenComesFromTheTokenizer() throws IOException {
        Path source = copy(checkpoint("tiny-qwen3"), "source");
        for (String file : List.of("added_tokens.json", "tokenizer_config.json")) {
            Files.writeString(
                    source.resolve(file), Files.readString(source.resolve(file)).replace("<IMG_CONTEXT>", "<OTHER>"));
        }

        assertThatThrownBy(() -> ModelConversion.convert(source, Layout.TRANSFORMERS, temp.resolve("hf")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("<IMG_CONTEXT>");
    }

    private Path copy(Path folder, String name) throws IOException {
        Path copy = Files.createDirectories(temp.resolve(name));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.write(copy.resolve(file.getFileName().toString()), Files.readAllBytes(file));
            }
        }
        return copy;
    }

    /** Copies a native folder under other tensor names; null leaves a tensor out. */
    private Path renamed(String name, String folder, UnaryOperator<String> spelling) throws IOException {
        Path copy = copy(checkpoint(name + "-hf"), folder);
        Map<String, StoredTensor> sources = new TreeMap<>();
        List<TensorInfo> tensors = new ArrayList<>();
        for (StoredTensor tensor :
                SafetensorsFolder.read(checkpoint(name + "-hf")).tensors().values()) {
            String spelled = spelling.apply(tensor.name());
            if (spelled != null) {
                sources.put(spelled, tensor);
                tensors.add(new TensorInfo(
                        spelled, tensor.info().type(), tensor.info().shape()));
            }
        }
        Files.delete(copy.resolve(SafetensorsFolder.SINGLE_FILE));
        SafetensorsWriter.write(copy.resolve(SafetensorsFolder.SINGLE_FILE), tensors, (info, channel) -> {
            StoredTensor tensor = sources.get(info.name());
            tensor.read(0, info.numElements(), (first, bytes) -> {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            });
        });
        return copy;
    }

    private static JsonNode golden(String name) {
        return ModelJson.read(SharedFiles.require("goldens3/golden/l_layouts/" + name + ".json"));
    }

    private static Path checkpoint(String name) {
        Path newer = SharedFiles.require("goldens3/checkpoints").resolve(name);
        return Files.exists(newer) ? newer : SharedFiles.require("goldens/checkpoints/" + name);
    }

    /** Returns shape and hash of every tensor, by name. */
    private static Map<String, String> hashes(Path folder) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        for (StoredTensor tensor : SafetensorsFolder.read(folder).tensors().values()) {
            MessageDigest digest = digest();
            tensor.read(0, tensor.info().numElements(), (first, bytes) -> digest.update(bytes));
            String hash = HexFormat.of().formatHex(digest.digest()).substring(0, 16);
            hashes.put(tensor.name(), tensor.info().shape().toString().replace(" ", "") + " " + hash);
        }
        return hashes;
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
