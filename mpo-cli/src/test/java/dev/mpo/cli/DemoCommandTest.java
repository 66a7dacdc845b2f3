package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One short demonstration, looked at from all sides. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Path demo = Path.of("");
    private Run run = new Run(0, "", "");

    @BeforeAll
    void runTheDemo(@TempDir Path temporary) {
        demo = temporary.resolve("a demo");
        run = Run.mpo("demo", "--quiet", "--json", "--steps", "20", "--output", demo.toString());
    }

    @Test
    void resultIsOneObjectThatNamesEverything() throws IOException {
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        JsonNode result = JSON.readTree(run.out());
        assertThat(result.get("steps").asInt()).isEqualTo(20);
        assertThat(result.get("heldOutPairs").asInt()).isEqualTo(200);
        assertThat(result.get("marginBefore").asDouble()).isZero();
        assertThat(result.get("lossLast").asDouble())
                .isLessThan(result.get("lossFirst").asDouble());
        for (String name : List.of("data", "model", "run", "export")) {
            assertThat(Path.of(result.get(name).asText())).isDirectory();
        }
        assertThat(Path.of(result.get("report").asText())).isRegularFile();
    }

    @Test
    void runHasTheFilesOfTheContract() {
        Path folder = demo.resolve("run");

        assertThat(folder)
                .isDirectoryContaining("glob:**/config.resolved.yaml")
                .isDirectoryContaining("glob:**/provenance.json")
                .isDirectoryContaining("glob:**/bad_samples.jsonl")
                .isDirectoryContaining("glob:**/evaluation.json");
        assertThat(folder.resolve("metrics.jsonl")).content().hasLineCount(20);
        assertThat(folder.resolve("train.log")).content().contains("step 20/20");
        assertThat(folder.resolve("report.html")).content().contains("Held-out accuracy", "data:image/");
        assertThat(folder.resolve("tensorboard")).isDirectoryContaining("glob:**tfevents*");
        assertThat(folder.resolve("final")).isDirectoryContaining("glob:**/model.safetensors");
    }

    @Test
    void commandsDoTheSameByHand() throws IOException {
        for (JsonNode command : JSON.readTree(run.out()).get("commands")) {
            List<String> words = words(command.asText());
            assertThat(words.get(0)).isEqualTo("mpo");
            Run byHand = Run.mpo(words.subList(1, words.size()).toArray(String[]::new));
            assertThat(byHand.exitCode()).as(command + ": " + byHand.err()).isZero();
        }

        assertThat(demo.resolve("by-hand/scores.jsonl")).hasSameTextualContentAs(demo.resolve("scores/after.jsonl"));
        assertThat(demo.resolve("by-hand/final/model.safetensors"))
                .hasSameBinaryContentAs(demo.resolve("run/final/model.safetensors"));
    }

    @Test
    void reportIsWrittenAgain() throws IOException {
        Path report = demo.resolve("run/report.html");
        String page = Files.readString(report);
        Files.writeString(report, "old");
        Run again = Run.mpo("report", demo.resolve("run").toString());

        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).isEqualTo("report: " + report + System.lineSeparator());
        assertThat(report).hasContent(page);
    }

    @Test
    void reportOfAFolderWithoutARunIsRefused() {
        assertThat(Run.mpo("report", demo.resolve("nowhere").toString()).exitCode())
                .isEqualTo(2);
        Run noRun = Run.mpo("report", demo.resolve("model").toString());
        assertThat(noRun.exitCode()).isEqualTo(3);
        assertThat(noRun.err()).startsWith("error: ").contains("metrics.jsonl");
    }

    @Test
    void folderWithFilesIsRefused() {
        Run second = Run.mpo("demo", "--quiet", "--output", demo.toString());

        assertThat(second.exitCode()).isEqualTo(2);
        assertThat(second.err()).startsWith("error: --output").contains(demo.toString(), "new or empty");
    }

    @Test
    void numberOfStepsIsChecked() {
        Run none = Run.mpo("demo", "--steps", "0");

        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("--steps", "at least 1", "0");
    }

    /** Splits a command at its spaces, single quotes being the only quoting. */
    static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (char c : (command + " ").toCharArray()) {
            if (c == '\'') {
                quoted = !quoted;
            } else if (c == ' ' && !quoted) {
                words.add(word.toString());
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        return words;
    }
}
