package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.Tokenizers;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command's rows equal what the reference implementation fed to its model. */
class DataEncodeGoldenTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void rowsEqualTheReferenceExceptWhereItCutsImages() throws IOException {
        Path goldens = SharedFiles.require("goldens");
        JsonNode samples = JSON.readTree(SharedFiles.require("goldens/golden/c_tokenization/samples.json")
                .toFile());
        for (Map.Entry<String, JsonNode> run : samples.get("runs").properties()) {
            checkRun(goldens, samples, run.getKey(), run.getValue());
        }
    }

    private void checkRun(Path goldens, JsonNode samples, String name, JsonNode golden) throws IOException {
        Path model = model(goldens, golden.get("tokenizer").asText(), name);
        Path out = folder.resolve(name + ".jsonl");
        Run run = Run.mpo(
                "data",
                "encode",
                "--quiet",
                "--model",
                model.toString(),
                "--meta",
                goldens.resolve("dataset/meta.json").toString(),
                "--out",
                out.toString(),
                "--set",
                "data.max_seq_length=" + golden.get("max_seq_length"),
                "--set",
                "data.max_dynamic_patch=" + samples.get("default_max_dynamic_patch"),
                "--set",
                "model.image_size=" + samples.get("image_size"));
        assertThat(run.exitCode()).as(name + run.err()).isIn(0, 3);
        Map<String, JsonNode> rows = rows(out);
        try (Tokenizer tokenizer = Tokenizers.load(model)) {
            int imageToken = tokenizer.tokenId("<IMG_CONTEXT>");
            for (Map.Entry<String, JsonNode> dataset : golden.get("datasets").properties()) {
                for (int line = 0; line < dataset.getValue().size(); line++) {
                    String where = name + " " + dataset.getKey() + ":" + line;
                    JsonNode expected = dataset.getValue().get(line);
                    JsonNode actual = rows.get(dataset.getKey() + ":" + line);
                    checkRow(
                            where,
                            expected,
                            actual,
                            imageToken,
                            samples.get("num_image_token").asInt());
                }
            }
        }
    }

    private static void checkRow(String where, JsonNode expected, JsonNode actual, int imageToken, int perTile) {
        boolean text = expected.get("path").asText().equals("text");
        int numTiles = text ? 0 : expected.get("num_tiles").asInt();
        boolean imagesCut = Stream.of("chosen", "rejected")
                .anyMatch(answer -> Arrays.stream(ids(expected.get(answer)))
                                .filter(id -> id == imageToken)
                                .count()
                        < (long) numTiles * perTile);
        if (imagesCut) {
            assertThat(actual).as(where + " has its images cut").isNull();
            return;
        }
        assertThat(actual).as(where).isNotNull();
        assertThat(actual.get("num_tiles").asInt()).as(where).isEqualTo(numTiles);
        for (String answer : new String[] {"chosen", "rejected"}) {
            assertThat(JSON.convertValue(actual.get(answer + "_input_ids"), int[].class))
                    .as(where)
                    .isEqualTo(ids(expected.get(answer)));
            assertThat(actual.get(answer + "_label_spans"))
                    .as(where)
                    .isEqualTo(expected.get(answer).get("label_spans"));
        }
    }

    private static int[] ids(JsonNode answer) {
        int[] ids = JSON.convertValue(answer.get("input_ids"), int[].class);
        return Arrays.copyOf(ids, answer.get("unpadded_length").asInt());
    }

    private static Map<String, JsonNode> rows(Path out) throws IOException {
        Map<String, JsonNode> rows = new HashMap<>();
        for (String line : Files.readAllLines(out)) {
            JsonNode row = JSON.readTree(line);
            rows.put(row.get("dataset").asText() + ":" + row.get("line").asInt(), row);
        }
        return rows;
    }

    /** A folder with one of the golden tokenizers and the configuration of any checkpoint of its family. */
    private Path model(Path goldens, String tokenizer, String name) throws IOException {
        Path model = Files.createDirectories(folder.resolve("model-" + name));
        Path source = goldens.resolve("tokenizers").resolve(tokenizer);
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        boolean sentencePiece = Files.exists(source.resolve("tokenizer.model"));
        try (Stream<Path> checkpoints = Files.list(goldens.resolve("checkpoints"))) {
            Path like = checkpoints
                    .filter(each -> Files.exists(each.resolve("tokenizer.model")) == sentencePiece)
                    .findFirst()
                    .orElseThrow();
            Files.copy(like.resolve("config.json"), model.resolve("config.json"));
        }
        return model;
    }
}
