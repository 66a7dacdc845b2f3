package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stopping and continuing a run as people and schedulers do it, with processes and signals. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResumeCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STEPS = 60; // enough for a signal to arrive on a busy machine
    private static final long TIMEOUT_SECONDS = 120;

    private Path folder = Path.of("");
    private Path whole = Path.of("");
    private List<String> train = List.of();

    @BeforeAll
    void trainWithoutAStop(@TempDir Path temporary) {
        folder = temporary;
        SyntheticDataset data =
                SyntheticDataset.write(folder.resolve("data"), new SyntheticDataset.Options(1, 100, 25, 56));
        Path model = folder.resolve("model");
        NanoCheckpoint.write(model, new NanoModelConfig(56, 14, 16, 32, 2, 2, 16, 32, 2, 2, 1), data.texts(), 1);
        train = List.of(
                "train",
                "--quiet",
                "--model",
                model.toString(),
                "--meta",
                data.trainMeta().toString(),
                "--set",
                "train.max_steps=" + STEPS,
                "--set",
                "train.num_threads=1",
                "--set",
                "train.precision=fp32",
                "--set",
                "train.learning_rate=1e-3");
        whole = folder.resolve("whole");
        assertThat(Run.mpo(arguments(whole).toArray(String[]::new)).exitCode()).isZero();
    }

    private List<String> arguments(Path output, String... more) {
        List<String> all = new ArrayList<>(train);
        all.addAll(List.of("--output", output.toString()));
        all.addAll(List.of(more));
        return all;
    }

    private Process start(String shellPrefix, Path output, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                shellPrefix + " exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments(output, more));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(output.getFileName() + ".log").toFile())
                .start();
    }

    private String log(Path output) throws IOException {
        return Files.readString(folder.resolve(output.getFileName() + ".log"));
    }

    private void assertSameAsWhole(Path output) throws IOException {
        assumeThat(TorchRuntime.numGpus())
                .as("a GPU adds in no fixed order: a run is not the same bits twice")
                .isZero();
        assertThat(RunFiles.computed(output)).isEqualTo(RunFiles.computed(whole));
        assertThat(Files.mismatch(output.resolve("final/model.safetensors"), whole.resolve("final/model.safetensors")))
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "USR1"})
    void aSignalSavesTheStateAndTheRunGoesOnFromThere(String signal) throws IOException, InterruptedException {
        Path output = folder.resolve("signal-" + signal);
        Process process = start("", output);
        RunFiles.awaitSteps(process, output, 2);
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();

        assertThat(process.exitValue()).as(log(output)).isEqualTo(130);
        assertThat(log(output))
                .contains("error: stopped by a signal after step")
                .contains("--resume");
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("step-")))
                    .hasSize(1);
        }
        // The run knows its model, its data and its settings.
        Run resumed = Run.mpo("train", "--quiet", "--output", output.toString(), "--resume");
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertSameAsWhole(output);
    }

    @Test
    void aFullDiskLeavesTheEarlierCheckpointsAlone() throws IOException, InterruptedException {
        Path output = folder.resolve("full");
        Run first = Run.mpo(arguments(
                        output,
                        "--set",
                        "train.max_steps=2",
                        "--set",
                        "checkpoint.save_steps=2",
                        "--set",
                        "train.lr_scheduler=constant")
                .toArray(String[]::new));
        assertThat(first.exitCode()).as(first.err()).isZero();
        long bytes = Files.size(output.resolve("step-2/weights-rank-00000-of-00001.safetensors"));
        assumeThat(bytes).isGreaterThan(32 << 10);
        // No file may grow beyond 16 KiB, which the weights would.
        Process process = start(
                "ulimit -f 32;",
                output,
                "--resume",
                "--set",
                "checkpoint.save_steps=2",
                "--set",
                "train.max_steps=4",
                "--set",
                "train.lr_scheduler=constant",
                "--set",
                "log.tensorboard=false");
        assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();

        assertThat(process.exitValue()).as(log(output)).isEqualTo(4);
        assertThat(log(output))
                .contains("step-4: the checkpoint cannot be saved")
                .contains("untouched: step-2");
        assertThat(output.resolve("step-4.tmp")).doesNotExist();
    }

    @Test
    void anExportedCheckpointIsTheModelThatTheRunLeft() throws IOException {
        Path output = folder.resolve("exported");
        assertThat(Run.mpo(arguments(output, "--set", "checkpoint.save_steps=20")
                                .toArray(String[]::new))
                        .exitCode())
                .isZero();
        Path out = folder.resolve("export");
        Run export = Run.mpo("export", "--json", "--checkpoint", output.toString(), "--out", out.toString());

        assertThat(export.exitCode()).as(export.err()).isZero();
        assertThat(JSON.readTree(export.out()).get("step").asInt()).isEqualTo(STEPS);
        try (Stream<Path> files = Files.list(output.resolve("final"))) {
            for (Path file : files.toList()) {
                assertThat(Files.mismatch(file, out.resolve(file.getFileName())))
                        .as(file.toString())
                        .isEqualTo(-1);
            }
        }
        Run again = Run.mpo("export", "--checkpoint", output.toString(), "--out", out.toString());
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("new or empty");
        Run missing = Run.mpo(
                "export",
                "--checkpoint",
                whole.toString(),
                "--out",
                folder.resolve("x").toString());
        assertThat(missing.exitCode()).isEqualTo(4);
        assertThat(missing.err()).contains("checkpoint.save_steps");
        anotherLayoutOfACheckpointHoldsTheSameTensors(output);
    }

    private void anotherLayoutOfACheckpointHoldsTheSameTensors(Path output) throws IOException {
        Path converted = folder.resolve("hf");
        Run other = Run.mpo(
                "export",
                "--json",
                "--checkpoint",
                output.resolve("step-" + STEPS).toString(),
                "--out",
                converted.toString(),
                "--format",
                "hf");
        assertThat(other.exitCode()).as(other.err()).isZero();
        assertThat(JSON.readTree(other.out()).get("kept").toString()).contains("config.json");
        assertThat(JSON.readTree(converted.resolve("config.json").toFile())
                        .get("model_type")
                        .asText())
                .isEqualTo("internvl");
        Path back = folder.resolve("back");
        Run again = Run.mpo("convert", converted.toString(), back.toString(), "--format", "internvl");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).contains("left out:", "processor_config.json");
        Path weights = output.resolve("final/model.safetensors");
        assertThat(Files.mismatch(weights, back.resolve("model.safetensors"))).isEqualTo(-1);
        Run same = Run.mpo(
                "export",
                "--checkpoint",
                back.toString(),
                "--out",
                folder.resolve("y").toString());
        assertThat(same.exitCode()).isEqualTo(2);
        assertThat(same.err()).contains("--format internvl or --format hf");
    }
}
