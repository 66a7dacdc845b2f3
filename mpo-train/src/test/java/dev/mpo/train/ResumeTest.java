package dev.mpo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.InterruptedRunException;
import dev.mpo.train.callback.Callback;
import dev.mpo.train.callback.TrainingSummary;
import dev.mpo.train.metrics.StepMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that ended early and was continued is the run that never ended, to the last bit. */
class ResumeTest {

    private static final int STEPS = 6;
    private static final Set<String> CIRCUMSTANCES = Set.of("step_seconds", "data_seconds", "peak_memory_bytes");

    /** Everything with a state: dropped paths, order, accumulation, the reward shift, a falling learning rate. */
    private static final List<String> SETTINGS = List.of(
            "model.drop_path_rate=0.3",
            "data.shuffle=true",
            "data.on_too_long=drop",
            "data.max_seq_length=60",
            "train.max_steps=" + STEPS,
            "train.gradient_accumulation_steps=2",
            "train.per_device_batch_size=2",
            "log.tensorboard=false");

    @TempDir
    static Path folder;

    private static NanoRun world;
    private static Path whole;

    @BeforeAll
    static void trainWithoutAStop() {
        world = NanoRun.create(folder);
        whole = folder.resolve("whole");
        train(whole);
    }

    private static TrainingSummary train(Path output, String... more) {
        return train(output, new Callback() {}, more);
    }

    private static TrainingSummary train(Path output, Callback callback, String... more) {
        String[] settings =
                Stream.concat(SETTINGS.stream(), Arrays.stream(more)).toArray(String[]::new);
        return Trainer.train(world.config(settings), output, callback);
    }

    private static TrainingSummary resume(Path output, String... more) {
        return train(
                output,
                Stream.concat(Stream.of("checkpoint.resume=true"), Arrays.stream(more))
                        .toArray(String[]::new));
    }

    /** Asks to stop after a step, as a signal would. */
    private static Callback stopAfter(long step) {
        return new Callback() {
            private long done;

            @Override
            public void onStep(StepMetrics metrics) {
                done = metrics.step();
            }

            @Override
            public boolean stopRequested() {
                return done == step;
            }
        };
    }

    private static Callback after(LongConsumer action) {
        return new Callback() {
            @Override
            public void onStep(StepMetrics metrics) {
                action.accept(metrics.step());
            }
        };
    }

    /** Ends a run between the record of a step and everything that follows it. */
    private static void dieAfter(long step, Path output, String... more) {
        assertThatThrownBy(() -> train(
                        output,
                        after(done -> {
                            if (done == step) {
                                throw new UnsupportedOperationException("killed");
                            }
                        }),
                        more))
                .hasMessage("killed");
    }

    private static void assertSameRun(Path output) throws IOException {
        assertSameRun(output, whole);
    }

    private static void assertSameRun(Path output, Path expected) throws IOException {
        NanoRun.requireSameBits();
        assertThat(computed(output)).isEqualTo(computed(expected));
        assertThat(weights(output)).isEqualTo(weights(expected));
        assertThat(lines(output.resolve("bad_samples.jsonl"))).isEqualTo(lines(expected.resolve("bad_samples.jsonl")));
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static byte[] weights(Path output) throws IOException {
        return Files.readAllBytes(output.resolve("final/model.safetensors"));
    }

    private static List<ObjectNode> computed(Path output) {
        return NanoRun.metrics(output).stream()
                .map(step -> ((ObjectNode) step.deepCopy()).remove(CIRCUMSTANCES))
                .toList();
    }

    private static Set<String> checkpoints(Path output) throws IOException {
        try (Stream<Path> files = Files.list(output)) {
            return new TreeSet<>(files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("step-"))
                    .toList());
        }
    }

    private static void damage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void aStopAfterAnyStepChangesNothing() throws IOException {
        for (int step = 1; step < STEPS; step++) {
            Path output = folder.resolve("stop-" + step);
            Callback stop = stopAfter(step);
            assertThatThrownBy(() -> train(output, stop))
                    .isInstanceOf(InterruptedRunException.class)
                    .hasMessageContaining("after step " + step + " of " + STEPS)
                    .hasMessageContaining("--resume");
            assertThat(checkpoints(output)).containsExactly("step-" + step);
            TrainingSummary summary = resume(output);
            assertSameRun(output);
            assertThat(summary.first().step()).isEqualTo(1);
            assertThat(summary.last().step()).isEqualTo(STEPS);
        }
    }

    @Test
    void aStopAfterEveryStepChangesNothing() throws IOException {
        Path output = folder.resolve("stop-each");
        for (int step = 1; step < STEPS; step++) {
            Callback stop = stopAfter(step);
            assertThat(catchThrowable(() -> train(output, stop, "checkpoint.resume=true")))
                    .isInstanceOf(InterruptedRunException.class);
        }
        resume(output);
        assertSameRun(output);
    }

    @Test
    void aDeathBetweenCheckpointsLosesNoStepAndRepeatsNone() throws IOException {
        Path output = folder.resolve("death");
        dieAfter(5, output, "checkpoint.save_steps=2", "checkpoint.keep=1");
        assertThat(NanoRun.metrics(output)).hasSize(5);
        assertThat(checkpoints(output)).containsExactly("step-4");
        Files.createDirectories(output.resolve("step-6.tmp/half"));
        resume(output, "checkpoint.save_steps=2");
        assertSameRun(output);
        assertThat(checkpoints(output)).containsExactly("step-4", "step-6");
    }

    @Test
    void aDeathBeforeTheFirstCheckpointStartsAgain() throws IOException {
        Path output = folder.resolve("early-death");
        dieAfter(1, output, "checkpoint.save_steps=2");
        resume(output);
        assertSameRun(output);
    }

    @Test
    void aDamagedCheckpointIsPassedOver() throws IOException {
        for (String file : List.of("weights-rank-00000-of-00001.safetensors", "state.json", "manifest.json")) {
            Path output = folder.resolve("damage-" + file);
            dieAfter(5, output, "checkpoint.save_steps=2");
            assertThat(checkpoints(output)).containsExactly("step-2", "step-4");
            Path newest = output.resolve("step-4");
            if (file.startsWith("manifest")) {
                Files.delete(newest.resolve(file));
            } else {
                damage(newest.resolve(file));
            }
            resume(output, "checkpoint.save_steps=3");
            assertSameRun(output);
            assertThat(checkpoints(output)).containsExactly("step-3", "step-6");
        }
    }

    @Test
    void damagedCheckpointsAloneAreAnError() throws IOException {
        Path output = folder.resolve("all-damaged");
        dieAfter(3, output, "checkpoint.save_steps=2");
        Path file = output.resolve("step-2/second-moments-rank-00000-of-00001.safetensors");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 1000));
        assertThatThrownBy(() -> resume(output))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("all 1 are damaged")
                .hasMessageContaining("second-moments")
                .hasMessageContaining("got 1000");
    }

    @Test
    void theNewestCheckpointsAreKept() throws IOException {
        Path output = folder.resolve("keep");
        train(output, "checkpoint.save_steps=1", "checkpoint.keep=3");
        assertThat(checkpoints(output)).containsExactly("step-4", "step-5", "step-6");
        assertSameRun(output);
    }

    @Test
    void aFinishedRunCanBeAskedToResume() throws IOException {
        Path output = folder.resolve("finished");
        train(output, "checkpoint.save_steps=4");
        Files.delete(output.resolve("final/model.safetensors"));
        resume(output, "checkpoint.save_steps=4");
        assertSameRun(output);
        assertThatThrownBy(() -> resume(whole))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("finished");
        assertThatThrownBy(() -> resume(output, "train.max_steps=3"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("step 6")
                .hasMessageContaining("train.max_steps");
    }

    @Test
    void adaptersAreContinuedToo() throws IOException {
        String[] adapters = {
            "model.lora.rank=2",
            "model.lora.targets=[\"vision\",\"language\"]",
            "model.freeze=[\"projector\"]",
            "reference.mode=adapter"
        };
        Path expected = folder.resolve("adapters-whole");
        train(expected, adapters);
        Path output = folder.resolve("adapters");
        Callback stop = stopAfter(3);
        assertThat(catchThrowable(() -> train(output, stop, adapters))).isInstanceOf(InterruptedRunException.class);
        assertThat(output.resolve("step-3/weights-rank-00000-of-00001.safetensors"))
                .content(java.nio.charset.StandardCharsets.ISO_8859_1)
                .contains("lora_a")
                .doesNotContain("projector");
        resume(output, adapters);
        assertSameRun(output, expected);
    }

    @Test
    void settingsThatDecideWhatIsComputedMustNotChange() throws IOException {
        Path output = folder.resolve("settings");
        Callback stop = stopAfter(2);
        assertThat(catchThrowable(() -> train(output, stop))).isInstanceOf(InterruptedRunException.class);
        assertThatThrownBy(() -> resume(output, "train.learning_rate=0.5", "loss.beta=0.2"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("train.learning_rate: 0.001 in the checkpoint, 0.5 now")
                .hasMessageContaining("loss.beta: 0.1 in the checkpoint, 0.2 now");
        assertThatThrownBy(() -> resume(output, "reference.path=" + world.model()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("reference.path: null in the checkpoint");
        resume(output, "data.num_workers=2", "checkpoint.keep=5", "log.steps=3", "train.recompute=none");
        assertSameRun(output);
    }

    @Test
    void otherDataIsRefused() {
        NanoRun own = NanoRun.create(folder.resolve("own-data"));
        Path output = folder.resolve("data-changes");
        String[] settings = SETTINGS.toArray(String[]::new);
        assertThat(catchThrowable(() -> Trainer.train(own.config(settings), output, stopAfter(2))))
                .isInstanceOf(InterruptedRunException.class);
        own.onlyRows("{\"question\": \"what\", \"chosen\": \"red\", \"rejected\": \"blue\"}");
        assertThatThrownBy(() -> Trainer.train(own.config(settings).with("checkpoint.resume=true"), output))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data.meta")
                .hasMessageContaining("name=only, rows=1");
    }

    @Test
    void aCheckpointThatCannotBeWrittenLeavesTheEarlierOnesAlone() throws IOException {
        Path output = folder.resolve("unwritable");
        Path obstacle = output.resolve("step-4.tmp");
        assertThatThrownBy(() -> train(
                        output,
                        after(step -> {
                            if (step == 4) {
                                obstruct(obstacle);
                            }
                        }),
                        "checkpoint.save_steps=2"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("step-4: the checkpoint cannot be saved")
                .hasMessageContaining("MiB are free")
                .hasMessageContaining("untouched: step-2");
        Files.delete(obstacle);
        resume(output);
        assertSameRun(output);
    }

    /** A link to nowhere is in the way of a new folder, even for root. */
    private static void obstruct(Path path) {
        try {
            Files.createSymbolicLink(path, Path.of("nowhere"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aSecondRunInTheSameFolderIsRefused() {
        Path output = folder.resolve("live");
        String[] refusals = new String[2];
        train(output, after(step -> {
            refusals[0] = catchThrowable(() -> resume(output)).getMessage();
            refusals[1] = catchThrowable(() -> train(output)).getMessage();
        }));
        assertThat(refusals[0]).contains("live", "in use by a running mpo train", "process");
        assertThat(refusals[1]).isNotNull();
    }

    @Test
    void anEarlierRunIsContinuedOnlyOnRequest() {
        assertThatThrownBy(() -> train(whole))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--resume");
    }

    @Test
    void theRunHasSomethingToRemember() {
        List<JsonNode> steps = NanoRun.metrics(whole);
        assertThat(steps.get(STEPS - 1).get("reward_shift").doubleValue()).isNotZero();
        assertThat(steps.get(1).get("learning_rate")).isNotEqualTo(steps.get(2).get("learning_rate"));
        assertThat(whole.resolve("bad_samples.jsonl")).isNotEmptyFile();
    }
}
