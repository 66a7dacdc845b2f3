package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Path folder = Path.of("");
    private Path model = Path.of("");
    private Path meta = Path.of("");

    @BeforeAll
    void makeModelAndData(@TempDir Path temporary) {
        folder = temporary;
        SyntheticDataset data =
                SyntheticDataset.write(folder.resolve("data"), new SyntheticDataset.Options(1, 100, 25, 112));
        meta = data.trainMeta();
        model = folder.resolve("model");
        NanoCheckpoint.write(model, NanoModelConfig.defaults(), data.texts(), 1);
    }

    @Test
    void runLeavesEverythingThatAUserNeeds() throws IOException {
        Path output = folder.resolve("run");
        Run run = train(output, "--json", "--set", "train.max_steps=3", "--set", "train.learning_rate=1e-4");
        JsonNode result = JSON.readTree(run.out());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        assertThat(result.get("steps").asInt()).isEqualTo(3);
        assertThat(Path.of(result.get("export").asText())).isDirectory().isEqualTo(output.resolve("final"));
        assertThat(Files.readAllLines(output.resolve("metrics.jsonl"))).hasSize(3);
        assertThat(output.resolve("config.resolved.yaml")).content().contains("max_steps: 3");
        assertThat(output.resolve("provenance.json")).exists();
        assertThat(output.resolve("train.log")).content().contains("step 3/3", "loss at step 1", "0.8318");
        assertThat(output.resolve("report.html")).content().contains("<svg", "reward margin");
        assertThat(output.resolve("tensorboard")).isDirectoryContaining("glob:**events.out.tfevents*");
    }

    @Test
    void logOfAFailedRunEndsWithTheFailure() throws IOException {
        Path output = folder.resolve("failed");
        Run run = train(output, "--set", "train.max_steps=3", "--set", "model.path=" + folder.resolve("nowhere"));
        List<String> log = Files.readAllLines(output.resolve("train.log"));

        assertThat(run.exitCode()).isNotZero();
        assertThat(log.get(log.size() - 1)).contains("ERROR").endsWith(run.err().strip());
    }

    @Test
    void summaryForPeopleNamesTheModel() {
        Path output = folder.resolve("plain");
        Run run = train(output, "--set", "train.max_steps=1");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("1 steps, 1 pairs", "trained model: " + output.resolve("final"));
    }

    @Test
    void earlierRunIsNeverOverwritten() {
        Path output = folder.resolve("twice");
        assertThat(train(output, "--set", "train.max_steps=1").exitCode()).isZero();
        Run second = train(output, "--set", "train.max_steps=1");

        assertThat(second.exitCode()).isEqualTo(2);
        assertThat(second.err()).startsWith("error: ").contains("twice", "earlier run");
    }

    @Test
    void noDevicesAreRefused() {
        Run run = train(folder.resolve("devices"), "--devices", "0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("error: --devices").contains("0");
    }

    @Test
    void missingOutputIsAUsageError() {
        Run run = Run.mpo("train", "--model", model.toString(), "--meta", meta.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("error: Missing required option").contains("--output");
    }

    @Test
    void settingOfTheWrongTypeIsAConfigurationError() {
        Run run = train(folder.resolve("type"), "--set", "train.max_steps=many");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("error: ").contains("train.max_steps", "many");
    }

    @Test
    void damagedModelIsACheckpointError() throws IOException {
        Path damaged = Files.createDirectories(folder.resolve("damaged"));
        try (var files = Files.list(model)) {
            for (Path file : files.toList()) {
                Files.copy(file, damaged.resolve(file.getFileName()));
            }
        }
        Path weights = damaged.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length / 2));

        Run run = Run.mpo(
                "train",
                "--model",
                damaged.toString(),
                "--meta",
                meta.toString(),
                "--output",
                folder.resolve("x").toString());

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).startsWith("error: ").contains("model.safetensors");
        assertThat(run.err().lines()).hasSize(1);
    }

    private Run train(Path output, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                "--quiet",
                "--set",
                "model.path=" + model,
                "--meta",
                meta.toString(),
                "--output",
                output.toString()));
        arguments.addAll(List.of(more));
        return Run.mpo(arguments.toArray(String[]::new));
    }
}
