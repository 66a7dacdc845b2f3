package dev.mpo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.core.TrainingDivergedException;
import dev.mpo.core.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads who gives {@code Trainer.train} something that it cannot use. */
class BadInputTest {

    private static final String GOOD = "{\"question\": \"what\", \"chosen\": \"red\", \"rejected\": \"blue\"}";

    @TempDir
    Path folder;

    private NanoRun run;
    private int attempts;

    @BeforeEach
    void makeWorld() {
        run = NanoRun.create(folder);
    }

    /** Trains into a new folder each time and returns what went wrong. */
    private Throwable failure(String... settings) {
        return failureIn(folder.resolve("run-" + attempts++), settings);
    }

    private Throwable failureIn(Path output, String... settings) {
        return catchThrowable(() -> Trainer.train(run.config(settings), output));
    }

    private void meta(String text) throws IOException {
        Files.writeString(run.meta(), text);
    }

    // ---- settings

    @Test
    void aModelAndAMetaFileAreNeeded() {
        assertThat(failure("model.path=null"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--model")
                .hasMessageContaining("model.path");
        assertThat(failure("data.meta=null"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--meta")
                .hasMessageContaining("data.meta");
    }

    @Test
    void settingsThatDoNotFitAreNamed() {
        assertThat(failure("train.lerning_rate=1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("train.lerning_rate")
                .hasMessageContaining("train.learning_rate");
        assertThat(failure("loss.type=[\"sigmoid\"]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("loss.weights")
                .hasMessageContaining("expected one weight for each of the 1 loss terms [sigmoid], got 3");
        assertThat(failure("data.min_dynamic_patch=5"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data.min_dynamic_patch")
                .hasMessageContaining("expected at most data.max_dynamic_patch, 3, got 5");
        assertThat(failure("data.template=vicuna"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("vicuna")
                .hasMessageContaining("data.template");
        assertThat(failure("train.max_steps=null", "train.epochs=1e300"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("train.epochs")
                .hasMessageContaining("train.max_steps");
        assertThat(failure("model.image_size=30"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("model.image_size: expected a multiple of 14")
                .hasMessageContaining("got 30");
    }

    @Test
    void anEarlierRunIsLeftAlone() throws IOException {
        Path out = folder.resolve("out");
        assertThat(failureIn(out, "train.max_steps=1")).isNull();
        List<String> metrics = Files.readAllLines(out.resolve("metrics.jsonl"));
        run.onlyRows("not JSON"); // refused before any data is read
        assertThat(failureIn(out, "train.max_steps=1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(out.toString())
                .hasMessageContaining("earlier run");
        assertThat(Files.readAllLines(out.resolve("metrics.jsonl"))).isEqualTo(metrics);
        assertThat(catchThrowable(() -> Trainer.train(run.config(), run.meta())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expected a folder, got a file");
    }

    @Test
    void anAttemptThatTrainedNothingCanBeRepeatedInPlace() throws IOException {
        Path out = folder.resolve("out");
        run.onlyRows("not JSON");
        assertThat(failureIn(out)).isInstanceOf(DataException.class);
        assertThat(out.resolve("bad_samples.jsonl")).isNotEmptyFile();
        run.onlyRows(GOOD);
        assertThat(failureIn(out, "train.max_steps=1")).isNull();
        assertThat(Files.size(out.resolve("bad_samples.jsonl"))).isZero();
    }

    // ---- meta file and rows

    @Test
    void aMetaFileThatIsMissingOrMalformedIsNamed() throws IOException {
        assertThat(failure("data.meta=" + folder.resolve("none.json")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.json")
                .hasMessageContaining("does not exist");
        meta("{\n  \"a\": {\"root\": \"images\",, }\n}");
        assertThat(failure()).isInstanceOf(DataException.class).hasMessageContaining(run.meta() + ":2:");
    }

    @Test
    void everyProblemOfAMetaFileIsReportedAtOnce() throws IOException {
        meta("""
                {
                  "no-root": {"annotation": "text.jsonl", "repeat_time": 1},
                  "no-repeat": {"root": "images", "annotation": "text.jsonl"},
                  "no-file": {"root": "images", "annotation": "gone.jsonl", "repeat_time": 1},
                  "no-jsonl": {"root": "images", "annotation": "text.json", "repeat_time": 1}
                }""");
        assertThat(failure())
                .isInstanceOf(DataException.class)
                .hasMessageContaining("\"no-root\".root: missing")
                .hasMessageContaining("\"no-repeat\".repeat_time: expected a number")
                .hasMessageContaining("\"no-file\".annotation: no such file")
                .hasMessageContaining("\"no-jsonl\".annotation: expected a path ending in .jsonl");
    }

    private void assertBadRow(String row, int line, String... parts) {
        for (String policy : List.of("replace", "fail")) {
            String[] rows = new String[line];
            Arrays.fill(rows, GOOD);
            rows[line - 1] = row;
            run.onlyRows(rows);
            Throwable failure = failure("data.on_bad_sample=" + policy);
            assertThat(failure)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(run.data().resolve("only.jsonl") + ":" + line + ":");
            for (String part : parts) {
                assertThat(failure).hasMessageContaining(part);
            }
        }
    }

    @Test
    void aMalformedRowIsNamedByFileAndLine() {
        assertBadRow("{\"question\": \"what\", oops}", 3, "not valid JSON", "oops");
        assertBadRow("\n" + GOOD, 2, "empty line");
        assertBadRow("{\"question\": \"what\", \"chosen\": \"red\"}", 1, "\"rejected\" is missing");
        assertBadRow("{\"question\": 3, \"chosen\": \"a\", \"rejected\": \"b\"}", 1, "\"question\": expected a string");
    }

    @Test
    void imagesAndMarkersMustAgree() {
        assertBadRow(
                "{\"image\": [\"multi0_0.png\", \"multi0_1.png\"], \"question\": \"<image> what\","
                        + " \"chosen\": \"a\", \"rejected\": \"b\"}",
                2,
                "1 <image>",
                "lists 2",
                "one <image> for each image");
    }

    @Test
    void anImageThatCannotBeReadIsNamed() throws IOException {
        String row = "{\"image\": \"%s\", \"question\": \"what\", \"chosen\": \"a\", \"rejected\": \"b\"}";
        assertBadRow(row.formatted("gone.png"), 1, run.image("gone.png").toString());
        Files.writeString(run.image("text.png"), "this is no picture");
        assertBadRow(row.formatted("text.png"), 1, run.image("text.png").toString());
        byte[] whole = Files.readAllBytes(run.image("single0_0.png"));
        Files.write(run.image("head.png"), Arrays.copyOf(whole, 20)); // ends within the size of the picture
        assertBadRow(row.formatted("head.png"), 1, run.image("head.png").toString());
        String single = row.formatted("single0_0.png");
        run.onlyRows(single);
        assertThat(failure("data.pixel_limit=100"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("single0_0.png")
                .hasMessageContaining("100");
    }

    @Test
    void aDataSetOfNothingButBadRowsTellsWhatIsWrongWithTheFirst() {
        run.onlyRows("first", "second", "third");
        assertThat(failure("data.max_bad_fraction=1"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("only.jsonl:1:")
                .hasMessageContaining("no usable pair");
        assertThat(failure()).isInstanceOf(DataException.class).hasMessageContaining("only.jsonl:1:");
    }

    @Test
    void imageTokensOverTheLimitNameNeedLimitTilesAndRemedies() {
        run.onlyRows("{\"image\": [\"multi1_0.png\", \"multi1_1.png\", \"multi1_2.png\"], \"question\":"
                + " \"<image><image><image>\", \"chosen\": \"a\", \"rejected\": \"b\"}");
        for (String policy : List.of("cut", "fail")) {
            assertThat(failure("data.max_seq_length=20", "data.on_too_long=" + policy))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("only.jsonl:1:")
                    .hasMessageMatching("(?s).*need \\d+ tokens, limit 20 .*tiles 3 x 4 = 12 image tokens.*")
                    .hasMessageContaining("raise data.max_seq_length to")
                    .hasMessageContaining("lower data.max_dynamic_patch (now 3)")
                    .hasMessageContaining("drop the row, or all such rows with data.on_too_long=drop");
        }
        assertThat(failure("data.max_seq_length=20", "data.on_too_long=drop"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no usable pair")
                .hasMessageContaining("need");
    }

    // ---- checkpoints

    @Test
    void aFolderThatIsNoCheckpointIsNamed() throws IOException {
        assertThat(failure("model.path=" + folder.resolve("none")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(folder.resolve("none").toString());
        Files.delete(run.model().resolve("vocab.json"));
        assertThat(failure()).isInstanceOf(CheckpointException.class).hasMessageContaining("vocab.json");
    }

    @Test
    void aConfigurationThatMakesNoSenseIsNamed() throws IOException {
        NanoFiles.editConfig(run.model(), config -> ((ObjectNode) config.get("llm_config")).remove("hidden_size"));
        assertThat(failure())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining("llm_config.hidden_size");
        Files.writeString(run.model().resolve("config.json"), "{\n\"llm_config\": oops}");
        assertThat(failure()).isInstanceOf(CheckpointException.class).hasMessageContaining("config.json:2");
    }

    @Test
    void missingExtraAndMisshapenTensorsAreListed() {
        NanoFiles.editTensors(run.model(), tensors -> {
            Map<TensorInfo, float[]> changed = new LinkedHashMap<>();
            tensors.forEach((info, values) -> {
                if (info.name().equals("mlp1.1.weight")) {
                    List<Long> flat = List.of(info.numElements());
                    changed.put(new TensorInfo(info.name(), info.type(), flat), values);
                } else if (!info.name().equals("mlp1.3.bias")) {
                    changed.put(info, values);
                }
                if (info.name().equals("mlp1.0.bias")) {
                    changed.put(new TensorInfo("mlp1.9.bias", info.type(), info.shape()), values);
                }
            });
            return changed;
        });
        assertThat(failure())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(run.model().toString())
                .hasMessageContaining("1 missing:\n  mlp1.3.bias [24]")
                .hasMessageContaining("1 extra:\n  mlp1.9.bias")
                .hasMessageContaining("1 misshapen:\n  mlp1.1.weight: expected [24, 64], got [1536]");
    }

    @Test
    void aReferenceThatReadsOtherTokensOrTilesIsRefused() throws IOException {
        NanoRun other = NanoRun.create(folder.resolve("other"));
        NanoFiles.editConfig(other.model(), config -> {
            config.put("downsample_ratio", 1.0);
            ((ObjectNode) config.get("llm_config")).put("num_hidden_layers", 1);
        });
        NanoFiles.randomWeights(other.model(), 1);
        assertThat(failure("reference.path=" + other.model()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(other.model().toString())
                .hasMessageContaining("4 image tokens per tile")
                .hasMessageContaining("16 image tokens per tile");

        NanoRun words = NanoRun.create(folder.resolve("words"));
        Path vocabulary = words.model().resolve("vocab.json");
        String swapped = Files.readString(vocabulary)
                .replace("\"r\"", "\"swap\"")
                .replace("\"b\"", "\"r\"")
                .replace("\"swap\"", "\"b\"");
        Files.writeString(vocabulary, swapped);
        assertThat(failure("reference.path=" + words.model()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(words.model().toString())
                .hasMessageMatching("(?s).*vocabulary.*\"(r|b)\"; found \"(r|b)\".*");
    }

    // ---- divergence

    private void poison(Path model, String tensor) {
        NanoFiles.editTensors(model, tensors -> {
            tensors.forEach((info, values) -> {
                if (info.name().equals(tensor)) {
                    values[0] = Float.NaN;
                }
            });
            return tensors;
        });
    }

    @Test
    void aLossThatIsNoNumberNamesTheSamples() {
        poison(run.model(), "language_model.model.norm.weight");
        assertThat(failure("train.per_device_batch_size=2"))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageContaining("step 1: the loss is NaN")
                .hasMessageContaining("text.jsonl:1")
                .hasMessageContaining("text.jsonl:2")
                .hasMessageContaining("check the weights");
    }

    @Test
    void onlyTheSamplesWithoutNumbersAreNamed() {
        poison(run.model(), "mlp1.3.bias"); // breaks rows with images alone
        run.onlyRows(
                GOOD, "{\"image\": \"single0_0.png\", \"question\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\"}");
        assertThat(failure("train.per_device_batch_size=2"))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageContaining("only.jsonl:2")
                .hasMessageContaining("chosen NaN")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("only.jsonl:1 "));
    }

    @Test
    void aStepWithoutNumbersIsLeftOutIfTheSettingsSaySo() throws IOException {
        poison(run.model(), "mlp1.3.bias");
        run.onlyRows(
                GOOD, "{\"image\": \"single0_0.png\", \"question\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\"}");
        Path first = folder.resolve("first");
        assertThat(failureIn(first, "train.max_steps=1", "train.lr_scheduler=constant"))
                .isNull();
        Path both = folder.resolve("both");
        assertThat(failureIn(both, "train.max_steps=2", "train.lr_scheduler=constant", "train.on_nonfinite=skip"))
                .isNull();
        assertThat(Files.readAllLines(both.resolve("metrics.jsonl")))
                .hasSize(2)
                .last()
                .asString()
                .contains("NaN");
        assertThat(Files.mismatch(both.resolve("final/model.safetensors"), first.resolve("final/model.safetensors")))
                .as("the second step changes nothing")
                .isEqualTo(-1);
    }

    @Test
    void aLearningRateThatIsTooHighEndsTheRunWithItsNumbersKept() throws IOException {
        Path out = folder.resolve("out");
        Throwable failure = failureIn(
                out,
                "train.learning_rate=1e30",
                "train.max_steps=6",
                "train.lr_scheduler=constant",
                "train.max_grad_norm=0");
        assertThat(failure)
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageContaining("train.learning_rate (now 1.0E30)")
                .hasMessageContaining(".jsonl:");
        try (Stream<String> lines = Files.lines(out.resolve("metrics.jsonl"))) {
            assertThat(lines).isNotEmpty();
        }
        assertThat(out.resolve("final")).doesNotExist();
    }
}
