package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.data.synth.NanoTokenizerWriter;
import dev.mpo.data.synth.SyntheticDataset;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataEncodeCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path model;
    private Path meta;
    private Path out;

    @BeforeEach
    void makeModelAndData() throws IOException {
        SyntheticDataset data =
                SyntheticDataset.write(folder.resolve("data"), new SyntheticDataset.Options(1, 100, 25, 112));
        meta = data.trainMeta();
        model = Files.createDirectories(folder.resolve("model"));
        out = folder.resolve("new").resolve("pairs.jsonl");
        NanoTokenizerWriter.write(model, data.texts());
        Files.writeString(model.resolve("config.json"), """
                {"architectures": ["InternVLChatModel"], "model_type": "internvl_chat",
                 "downsample_ratio": 0.5, "ps_version": "v2", "select_layer": -1, "template": "internvl2_5",
                 "force_image_size": 56, "dynamic_image_size": true, "use_thumbnail": true,
                 "min_dynamic_patch": 1, "max_dynamic_patch": 6,
                 "vision_config": {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1,
                   "num_attention_heads": 2, "image_size": 56, "patch_size": 14, "num_channels": 3,
                   "norm_type": "layer_norm", "qkv_bias": true, "qk_normalization": false,
                   "layer_norm_eps": 1e-6, "drop_path_rate": 0.0},
                 "llm_config": {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "vocab_size": 1000,
                   "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
                   "num_key_value_heads": 1, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0,
                   "max_position_embeddings": 4096, "tie_word_embeddings": false}}
                """);
    }

    @Test
    void everyRowIsWrittenOnceInFileOrder() throws IOException {
        Run run = encode("--json");
        List<JsonNode> rows = rows();

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(rows).hasSize(100);
        assertThat(JSON.readTree(run.out()).get("written").asInt()).isEqualTo(100);
        int previous = -1;
        String dataset = "";
        for (JsonNode row : rows) {
            previous = row.get("dataset").asText().equals(dataset) ? previous : -1;
            dataset = row.get("dataset").asText();
            assertThat(row.get("line").asInt()).isEqualTo(++previous);
        }
    }

    @Test
    void labelledTokensSpellTheAnswers() throws IOException {
        encode();
        JsonNode row = rows().get(0);
        String name = row.get("dataset").asText();
        Path annotation = meta.getParent()
                .resolve(
                        JSON.readTree(meta.toFile()).get(name).get("annotation").asText());
        JsonNode source = JSON.readTree(Files.readAllLines(annotation).get(0));

        try (Tokenizer tokenizer = Tokenizers.load(model)) {
            for (String answer : new String[] {"chosen", "rejected"}) {
                JsonNode span = row.get(answer + "_label_spans").get(0);
                int[] ids = JSON.convertValue(row.get(answer + "_input_ids"), int[].class);
                int[] labelled = java.util.Arrays.copyOfRange(
                        ids, span.get(0).asInt(), span.get(1).asInt());
                assertThat(tokenizer.decode(labelled))
                        .isEqualTo(source.get(answer).asText() + "<|im_end|>");
            }
        }
    }

    @Test
    void badRowIsReportedWithItsLineAndTheOthersAreWritten() throws IOException {
        Path annotation = firstAnnotation();
        List<String> lines = Files.readAllLines(annotation);
        lines.set(1, "{\"question\": ");
        Files.write(annotation, lines);

        Run run = encode();

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("error: ").contains(annotation.getFileName() + ":2");
        assertThat(rows()).hasSize(99);
    }

    @Test
    void imagesThatDoNotFitAreRefusedWithTheRemedies() {
        Run run = encode("--set", "data.max_seq_length=20");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("error: ").contains("20", "data.max_seq_length", "data.max_dynamic_patch");
    }

    @Test
    void metaThatIsMissingIsADataError() {
        Run run = Run.mpo("data", "encode", "--model", model.toString(), "--meta", "no.json", "--out", out.toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).startsWith("error: ").contains("no.json");
    }

    @Test
    void modelThatIsMissingIsACheckpointError() {
        Run run = Run.mpo("data", "encode", "--model", "no-model", "--meta", meta.toString(), "--out", out.toString());

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).startsWith("error: ").contains("no-model");
    }

    @Test
    void unknownKeyNamesTheNearestOne() {
        Run run = encode("--set", "data.max_dynamic_pach=3");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("error: ").contains("data.max_dynamic_patch");
    }

    @Test
    void modelAndMetaCanComeFromAFile() throws IOException {
        Path config = Files.writeString(
                folder.resolve("run.yaml"),
                "model: {path: '" + model + "'}\ndata: {meta: '" + meta + "', use_thumbnail: false}\n");

        Run run = Run.mpo("data", "encode", "--config", config.toString(), "--out", out.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("100 pairs written");
    }

    @Test
    void missingModelTellsWhichFlagToGive() {
        Run run = Run.mpo("data", "encode", "--meta", meta.toString(), "--out", out.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("error: no model").contains("--model");
    }

    private Path firstAnnotation() throws IOException {
        JsonNode first = JSON.readTree(meta.toFile()).iterator().next();
        return meta.getParent().resolve(first.get("annotation").asText());
    }

    private Run encode(String... more) {
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "data", "encode", "--model", model.toString(), "--meta", meta.toString(), "--out", out.toString()));
        arguments.addAll(List.of(more));
        return Run.mpo(arguments.toArray(String[]::new));
    }

    private List<JsonNode> rows() throws IOException {
        List<JsonNode> rows = new java.util.ArrayList<>();
        for (String line : Files.readAllLines(out)) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }
}
