package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.image.PngWriter;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Bad input through the command line: one line on standard error, and the exit code of its kind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputCommandTest {

    private static final NanoModelConfig SIZE = new NanoModelConfig(28, 7, 16, 32, 2, 2, 24, 48, 2, 4, 2);
    private static final String GOOD = "{\"question\": \"what\", \"chosen\": \"red\", \"rejected\": \"blue\"}";

    private Path folder = Path.of("");
    private int runs;

    @BeforeAll
    void makeModel(@TempDir Path temporary) throws IOException {
        folder = temporary;
        NanoCheckpoint.write(folder.resolve("model"), SIZE, List.of("what red blue"), 1);
        Files.createDirectories(folder.resolve("images"));
        PngWriter.write(new RgbImage(60, 40, new byte[60 * 40 * 3]), folder.resolve("images/a.png"));
    }

    @BeforeEach
    void makeData() throws IOException {
        rows(GOOD);
        meta("{\"rows\": {\"root\": \"images\", \"annotation\": \"rows.jsonl\", \"repeat_time\": 1}}");
    }

    private void rows(String... lines) throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), String.join("\n", lines) + "\n");
    }

    private void meta(String text) throws IOException {
        Files.writeString(folder.resolve("meta.json"), text);
    }

    private Run train(String... more) {
        return trainModel(folder.resolve("model"), more);
    }

    private Run trainModel(Path model, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                "--quiet",
                "--model",
                model.toString(),
                "--meta",
                folder.resolve("meta.json").toString(),
                "--output",
                folder.resolve("run-" + runs++).toString(),
                "--set",
                "data.shuffle=false",
                "--set",
                "data.max_dynamic_patch=2",
                "--set",
                "train.max_steps=2"));
        arguments.addAll(List.of(more));
        return Run.mpo(arguments.toArray(String[]::new));
    }

    private static void assertFails(Run run, int exitCode, String... parts) {
        assertThat(run.err()).startsWith("error: ").contains(parts);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void goodInputIsTrained() {
        assertThat(train().exitCode()).isZero();
    }

    @Test
    void wrongSettingsEndWithTwo() throws IOException {
        assertFails(train("--set", "train.learning_rat=1"), 2, "train.learning_rat (--set)", "train.learning_rate");
        assertFails(train("--set", "loss.type=[\"sigmoid\"]"), 2, "loss.weights", "got 3");
        assertFails(train("--set", "data.min_dynamic_patch=3"), 2, "data.min_dynamic_patch", "expected at most");
        assertFails(train("--config", folder.resolve("none.yaml").toString()), 2, "none.yaml");
        Path config = Files.writeString(folder.resolve("run.yaml"), "train:\n  epoch: 2\n");
        assertFails(train("--config", config.toString()), 2, "train.epoch (" + config + ":2)", "train.epochs");
        String output = folder.resolve("lonely").toString();
        String meta = folder.resolve("meta.json").toString();
        assertFails(Run.mpo("train", "--meta", meta, "--output", output), 2, "--model");
        String model = folder.resolve("model").toString();
        assertFails(Run.mpo("train", "--model", model, "--output", output), 2, "--meta");
    }

    @Test
    void unusableDataEndsWithThree() throws IOException {
        rows(GOOD, "{\"question\": \"what\", oops");
        assertFails(train(), 3, folder.resolve("rows.jsonl") + ":2:", "not valid JSON");
        rows("{\"question\": \"what\", \"chosen\": \"red\"}");
        assertFails(train(), 3, folder.resolve("rows.jsonl") + ":1:", "\"rejected\" is missing");
        rows("{\"image\": \"b.png\", \"question\": \"what\", \"chosen\": \"red\", \"rejected\": \"blue\"}");
        assertFails(
                train(),
                3,
                folder.resolve("rows.jsonl") + ":1:",
                folder.resolve("images/b.png").toString());
        rows("{\"image\": [\"a.png\", \"a.png\"], \"question\": \"<image>\", \"chosen\": \"a\", \"rejected\": \"b\"}");
        assertFails(train(), 3, folder.resolve("rows.jsonl") + ":1:", "1 <image>", "lists 2");
    }

    @Test
    void imageTokensOverTheLimitEndWithThreeAndThreeRemedies() throws IOException {
        rows("{\"image\": \"a.png\", \"question\": \"what\", \"chosen\": \"red\", \"rejected\": \"blue\"}");
        assertFails(
                train("--set", "data.max_seq_length=10"),
                3,
                folder.resolve("rows.jsonl") + ":1:",
                "limit 10",
                "tiles 3",
                "raise data.max_seq_length",
                "lower data.max_dynamic_patch",
                "data.on_too_long=drop");
    }

    @Test
    void anUnusableMetaFileEndsWithThree() throws IOException {
        meta("{\"rows\": {\"root\": \"images\", \"annotation\": \"rows.json\", \"repeat_time\": 1}}");
        assertFails(train(), 3, "meta.json: \"rows\".annotation: expected a path ending in .jsonl");
        meta("{\"rows\": {\"root\": \"images\", \"repeat_time\": 1}}");
        assertFails(train(), 3, "\"rows\".annotation: missing");
        meta("{\"rows\": {\"root\": \"images\", \"annotation\": \"gone.jsonl\", \"repeat_time\": 1}}");
        assertFails(train(), 3, "no such file", "gone.jsonl");
        meta("{\"rows\": ");
        assertFails(train(), 3, "meta.json:", "not valid JSON");
        Files.delete(folder.resolve("meta.json"));
        assertFails(train(), 3, "meta.json does not exist");
    }

    @Test
    void anUnusableModelEndsWithFour() throws IOException {
        assertFails(trainModel(folder.resolve("none")), 4, "none");
        Path broken = folder.resolve("broken");
        NanoCheckpoint.write(broken, SIZE, List.of("what red blue"), 1);
        Path config = broken.resolve("config.json");
        String sound = Files.readString(config);
        Files.writeString(config, sound.replace("\"num_hidden_layers\" : 2", "\"num_hidden_layers\" : 3"));
        assertFails(trainModel(broken), 4, broken.toString(), "missing:");
        Files.writeString(config, sound.replace("\"num_hidden_layers\" : 2", "\"num_hidden_layers\" : 1"));
        assertFails(trainModel(broken), 4, broken.toString(), "extra:");
        Files.writeString(config, sound.replace("\"intermediate_size\" : 48", "\"intermediate_size\" : 40"));
        assertFails(
                trainModel(broken),
                4,
                broken.toString(),
                "misshapen:",
                "gate_proj.weight: expected [40, 24], got [48, 24]");
    }

    @Test
    void aReferenceOfAnotherVocabularyEndsWithFour() {
        Path other = folder.resolve("other");
        NanoCheckpoint.write(other, SIZE, List.of("some more words altogether"), 1);
        assertFails(train("--set", "reference.path=" + other), 4, other.toString(), "tokens");
    }

    @Test
    void aLossThatIsNoNumberEndsWithFive() throws IOException {
        rows(GOOD, GOOD, GOOD);
        assertFails(
                train("--set", "train.learning_rate=1e30", "--set", "train.lr_scheduler=constant"),
                5,
                "step 2: the loss is",
                folder.resolve("rows.jsonl") + ":2",
                "train.learning_rate");
    }
}
