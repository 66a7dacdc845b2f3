package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.jdi.Bootstrap;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import dev.mpo.core.safetensors.SafetensorsHeader;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How two ranks that {@code --devices} starts end before their last step, and go on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DevicesCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STEPS = 100; // enough for a signal to arrive on a busy machine
    private static final double HANG_SECONDS = 30;
    private static final double START_AND_END_SECONDS = 15; // of processes, on a busy machine

    private Path folder = Path.of("");
    private Path model = Path.of("");
    private Path meta = Path.of("");

    @BeforeAll
    void prepare(@TempDir Path temporary) {
        RankRun.requireMpi();
        folder = temporary;
        SyntheticDataset data =
                SyntheticDataset.write(folder.resolve("data"), new SyntheticDataset.Options(1, 100, 25, 56));
        meta = data.trainMeta();
        model = folder.resolve("model");
        NanoCheckpoint.write(model, new NanoModelConfig(56, 14, 16, 32, 2, 2, 16, 32, 2, 2, 1), data.texts(), 1);
    }

    private DevicesRun start(String name, String javaOptions, String... settings) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("train", "--quiet", "--devices", "2"));
        List<String> all = new ArrayList<>(List.of(
                "model.path=" + model,
                "data.meta=[\"" + meta + "\"]",
                "parallel.shard=full",
                "train.num_threads=1",
                "train.learning_rate=1e-3",
                "data.num_workers=1",
                "train.max_steps=" + STEPS));
        all.addAll(Arrays.asList(settings));
        for (String setting : all) {
            arguments.addAll(setting.startsWith("--") ? List.of(setting) : List.of("--set", setting));
        }
        return DevicesRun.start(folder.resolve(name), javaOptions, arguments);
    }

    private void finish(String name, String... settings) throws IOException, InterruptedException {
        try (DevicesRun run = start(name, "", settings)) {
            assertThat(run.exitCode()).as(run.log()).isZero();
        }
    }

    private List<String> checkpoints(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.startsWith("step-"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "USR1"})
    void aSignalToTheLauncherSavesOneCheckpointOfAllRanksAndTheRunGoesOnFromThere(String signal)
            throws IOException, InterruptedException {
        if (!Files.exists(folder.resolve("whole"))) {
            finish("whole");
        }
        String name = "signal-" + signal;
        try (DevicesRun run = start(name, "")) {
            run.awaitSteps(2);
            run.signal(signal);
            assertThat(run.exitCode()).as(run.log()).isEqualTo(130);
            assertThat(run.lastLine())
                    .startsWith("error: stopped by a signal after step")
                    .contains("--resume");
        }
        assertThat(checkpoints(name)).hasSize(1);
        Path checkpoint = folder.resolve(name).resolve(checkpoints(name).get(0));
        for (int rank = 0; rank < 2; rank++) {
            assertThat(checkpoint.resolve("weights-rank-0000" + rank + "-of-00002.safetensors"))
                    .exists();
        }
        assertThat(checkpoint.resolve("manifest.json")).exists();

        finish(name, "--resume");
        assertThat(RunFiles.computed(folder.resolve(name))).isEqualTo(RunFiles.computed(folder.resolve("whole")));
        assertThat(folder.resolve(name + "/final/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/final/model.safetensors"));
    }

    /** The thread is suspended by a debugger: it is alive, holds what it holds, and never goes on. */
    @Test
    void aRankThatHangsEndsTheRunWithItsOwnErrorOnTop()
            throws IOException, InterruptedException, IllegalConnectorArgumentsException {
        String debugged = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";
        try (DevicesRun run = start("hangs", debugged, "train.max_steps=100000")) {
            run.awaitSteps(2);
            Matcher port =
                    Pattern.compile("\\[rank 1] Listening .* address: (\\d+)").matcher(run.log());
            assertThat(port.find()).as(run.log()).isTrue();
            VirtualMachine rank = attach(port.group(1));
            rank.allThreads().stream()
                    .filter(thread -> thread.name().equals("main"))
                    .forEach(ThreadReference::suspend);
            long started = System.nanoTime();

            assertThat(run.exitCode()).as(run.log()).isEqualTo(1);
            assertThat((System.nanoTime() - started) / 1e9)
                    .as(run.log())
                    .isLessThan(HANG_SECONDS + START_AND_END_SECONDS);
            assertThat(run.lastLine())
                    .matches(
                            "error: (rank 1: )?rank 1 \\(.*, process \\d+\\) hangs: it has made no progress for 2\\d s while rank 0 waits for it in .*; it is at .*\\. If it"
                                    + " waits for something slow, .*parallel.stall_seconds.*");
            assertThat(run.log())
                    .contains("[rank 1]")
                    .contains("what the threads of rank 1 were doing:")
                    .containsPattern("\\[rank 1] main\\R\\[rank 1] +at ");
        }
    }

    private static VirtualMachine attach(String port) throws IOException, IllegalConnectorArgumentsException {
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(each -> each.name().equals("com.sun.jdi.SocketAttach"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.forEach((name, argument) -> {
            if (name.equals("hostname") || name.equals("port")) {
                argument.setValue(name.equals("port") ? port : "127.0.0.1");
            }
        });
        return connector.attach(arguments);
    }

    @Test
    void aDiskThatIsFullForOneRankLeavesTheEarlierCheckpointsAlone() throws IOException, InterruptedException {
        assumeThat(Stream.of("/usr/bin/prlimit", "/bin/prlimit").map(Path::of).anyMatch(Files::isExecutable))
                .as("prlimit, of the package util-linux")
                .isTrue();
        String[] settings = {
            "checkpoint.save_steps=5", "train.max_steps=100000", "train.lr_scheduler=constant", "checkpoint.keep=1000"
        };
        try (DevicesRun run = start("full", "", settings)) {
            run.awaitSteps(12);
            // From now on, no file of rank 1 may grow beyond 4 KiB, which its weights would.
            Process limit = new ProcessBuilder("prlimit", "--pid", Long.toString(run.pid(1)), "--fsize=4096").start();
            assertThat(limit.waitFor()).isZero();

            assertThat(run.exitCode()).as(run.log()).isEqualTo(4);
            assertThat(run.lastLine())
                    .contains("the checkpoint cannot be saved")
                    .contains("Earlier checkpoints are untouched: step-");
        }
        List<String> left = checkpoints("full");
        assertThat(left).isNotEmpty().allMatch(each -> each.matches("step-\\d+"));
        String newest = left.stream()
                .max(java.util.Comparator.comparingInt(each -> Integer.parseInt(each.substring(5))))
                .orElseThrow();
        int step = Integer.parseInt(newest.substring(5));
        finish("full", "--resume", "train.lr_scheduler=constant", "train.max_steps=" + (step + 3));
        assertThat(RunFiles.computed(folder.resolve("full"))).hasSize(step + 3);
    }

    private Path dataWithOneImage(int row) throws IOException {
        ObjectNode entry = (ObjectNode) JSON.readTree(meta.toFile()).elements().next();
        Path source = meta.resolveSibling(entry.get("annotation").textValue());
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(source).subList(0, 16)) {
            ObjectNode changed = (ObjectNode) JSON.readTree(line);
            if (lines.size() != row) {
                changed.remove("image");
                changed.put("question", changed.get("question").textValue().replace("<image>\n", ""));
            }
            lines.add(changed.toString());
        }
        Path rows = source.resolveSibling("one-image.jsonl");
        Files.write(rows, lines);
        entry.put("annotation", rows.toString());
        entry.put("length", lines.size());
        Path target = meta.resolveSibling("one-image.json");
        JSON.writeValue(target.toFile(), Map.of("one-image", entry));
        return target;
    }

    /** A model that gives numbers for rows without images alone. */
    private Path modelBrokenForImages() throws IOException {
        Path broken = Files.createDirectories(folder.resolve("broken"));
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : files.toList()) {
                Files.copy(file, broken.resolve(file.getFileName()));
            }
        }
        StoredTensor bias = SafetensorsHeader.read(broken.resolve("model.safetensors")).tensors().stream()
                .filter(tensor -> tensor.name().equals("mlp1.3.bias"))
                .findFirst()
                .orElseThrow();
        try (FileChannel channel = FileChannel.open(bias.file(), StandardOpenOption.WRITE)) {
            ByteBuffer notANumber = ByteBuffer.wrap(new byte[] {-1, -1, -1, -1});
            channel.write(notANumber, bias.offset());
        }
        return broken;
    }

    /** In the third step, the pair of rank 1 alone has an image. */
    @Test
    void aRankWhoseLossIsNoNumberStopsAllOrHasTheStepLeftOutByAll() throws IOException, InterruptedException {
        String[] settings = {
            "model.path=" + modelBrokenForImages(),
            "data.shuffle=false",
            "train.max_steps=3",
            "train.lr_scheduler=constant",
            "data.meta=[\"" + dataWithOneImage(5) + "\"]"
        };
        try (DevicesRun run = start("stop", "", settings)) {
            assertThat(run.exitCode()).as(run.log()).isEqualTo(5);
            assertThat(run.lastLine())
                    .contains("step 3: the loss is NaN")
                    .containsPattern("one-image\\.jsonl:6 \\(.*\\) with log-probabilities")
                    .doesNotContain("one-image.jsonl:5 ");
        }
        String[] skipping = Arrays.copyOf(settings, settings.length + 1);
        skipping[settings.length] = "train.on_nonfinite=skip";
        try (DevicesRun run = start("skip", "", skipping)) {
            assertThat(run.exitCode()).as(run.log()).isZero();
            assertThat(run.log()).contains("step 3 is left out");
        }
        String[] two = Arrays.copyOf(settings, settings.length + 1);
        two[settings.length] = "train.max_steps=2";
        try (DevicesRun run = start("two", "", two)) {
            assertThat(run.exitCode()).as(run.log()).isZero();
        }
        assertThat(folder.resolve("skip/final/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("two/final/model.safetensors"));
    }
}
