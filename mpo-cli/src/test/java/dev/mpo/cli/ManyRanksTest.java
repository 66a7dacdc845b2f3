package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.safetensors.SafetensorsHeader;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several ranks compute what one process computes: the same losses, gradient norms and weights, whatever is divided
 * among them, on data where some ranks have images and others at the same time have none.
 */
class ManyRanksTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MICRO_BATCHES = 4;
    private static final double TOLERANCE = 1e-6;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static List<String> train;

    @SuppressWarnings("NullAway.Init")
    private static Path whole;

    @BeforeAll
    static void trainInOneProcess() throws IOException, InterruptedException {
        RankRun.requireMpi();
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
                withRowsWithoutImages(data.trainMeta()).toString(),
                "--set",
                "data.shuffle=false",
                "--set",
                "data.num_workers=1",
                "--set",
                "model.drop_path_rate=0.2",
                "--set",
                "train.max_steps=4",
                "--set",
                "train.lr_scheduler=constant",
                "--set",
                "train.num_threads=1",
                "--set",
                "train.learning_rate=1e-4");
        whole = folder.resolve("whole");
        run(1, whole);
    }

    /** Every third row of the first data set loses its image. */
    private static Path withRowsWithoutImages(Path meta) throws IOException {
        JsonNode entry = JSON.readTree(meta.toFile()).elements().next();
        Path rows = meta.resolveSibling(entry.get("annotation").textValue());
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(rows)) {
            ObjectNode row = (ObjectNode) JSON.readTree(line);
            if (lines.size() % 3 == 0) {
                row.remove("image");
                row.put("question", row.get("question").textValue().replace("<image>\n", ""));
            }
            lines.add(row.toString());
        }
        Path mixed = rows.resolveSibling("mixed.jsonl");
        Files.write(mixed, lines);
        ObjectNode changed = entry.deepCopy();
        changed.put("annotation", mixed.toString());
        changed.put("length", lines.size());
        Path target = meta.resolveSibling("mixed.json");
        JSON.writeValue(target.toFile(), Map.of("mixed", changed));
        return target;
    }

    private static void run(int ranks, Path output, String... settings) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(train);
        arguments.addAll(List.of("--output", output.toString()));
        arguments.addAll(List.of("--set", "train.gradient_accumulation_steps=" + MICRO_BATCHES / ranks));
        for (String setting : settings) {
            arguments.addAll(setting.startsWith("--") ? List.of(setting) : List.of("--set", setting));
        }
        RankRun run = RankRun.of(ranks, arguments);
        assertThat(run.exitCode()).as(run.output()).isZero();
    }

    private static void assertSame(Path output, Path expected) throws IOException {
        List<JsonNode> steps = steps(output);
        List<JsonNode> wanted = steps(expected);
        assertThat(steps).hasSameSizeAs(wanted);
        for (int i = 0; i < steps.size(); i++) {
            for (String name : List.of("loss", "loss/bco_pair", "nll_loss", "grad_norm", "logps/chosen", "epoch")) {
                double value = wanted.get(i).get(name).doubleValue();
                assertThat(steps.get(i).get(name).doubleValue())
                        .as("%s of step %d", name, i + 1)
                        .isCloseTo(value, within(TOLERANCE * Math.abs(value)));
            }
            for (String name : List.of("step", "pairs", "tokens", "learning_rate")) {
                assertThat(steps.get(i).get(name)).isEqualTo(wanted.get(i).get(name));
            }
        }
        Map<String, float[]> weights = weights(output);
        assertThat(weights.keySet()).isEqualTo(weights(expected).keySet());
        double difference = 0;
        double size = 0;
        for (Map.Entry<String, float[]> each : weights(expected).entrySet()) {
            float[] found = weights.get(each.getKey());
            for (int i = 0; i < found.length; i++) {
                difference += Math.pow(found[i] - each.getValue()[i], 2);
                size += Math.pow(each.getValue()[i], 2);
            }
        }
        assertThat(Math.sqrt(difference / size)).isLessThan(TOLERANCE);
    }

    private static List<JsonNode> steps(Path output) throws IOException {
        List<JsonNode> steps = new ArrayList<>();
        for (String line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
            steps.add(JSON.readTree(line));
        }
        return steps;
    }

    private static Map<String, float[]> weights(Path output) throws IOException {
        Map<String, float[]> all = new TreeMap<>();
        for (StoredTensor tensor : SafetensorsHeader.read(output.resolve("final/model.safetensors"))
                .tensors()) {
            float[] values = new float[Math.toIntExact(tensor.info().numElements())];
            tensor.read(
                    0,
                    values.length,
                    (first, bytes) -> bytes.asFloatBuffer().get(values, (int) first, bytes.remaining() / 4));
            all.put(tensor.name(), values);
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "2, none, none, full, copy",
        "2, optimizer, none, none, cached",
        "4, full, none, full, copy",
        "2, full, optimizer, none, copy",
        "1, none, optimizer, full, copy"
    })
    void ranksComputeWhatOneProcessComputes(int ranks, String shard, String offload, String recompute, String reference)
            throws IOException, InterruptedException {
        Path output = folder.resolve(String.join("-", "ranks", "" + ranks, shard, offload, recompute));
        run(
                ranks,
                output,
                "parallel.shard=" + shard,
                "parallel.offload=" + offload,
                "train.recompute=" + recompute,
                "reference.mode=" + reference);
        assertSame(output, whole);
    }

    @Test
    void aCheckpointOfSomeRanksIsContinuedByOthers() throws IOException, InterruptedException {
        Path output = folder.resolve("resharded");
        run(2, output, "train.max_steps=2", "checkpoint.save_steps=1", "parallel.shard=full");
        assertThat(output.resolve("step-2/weights-rank-00001-of-00002.safetensors"))
                .exists();
        assertThat(output.resolve("step-2/written-00001.json")).doesNotExist();
        run(4, output, "--resume", "train.max_steps=3", "checkpoint.save_steps=1", "parallel.shard=optimizer");
        run(1, output, "--resume", "checkpoint.save_steps=1");
        assertSame(output, whole);

        Path exported = folder.resolve("exported");
        RankRun export = RankRun.of(
                1,
                List.of("export", "--checkpoint", output.resolve("step-3").toString(), "--out", exported.toString()));
        assertThat(export.exitCode()).as(export.output()).isZero();
        assertThat(exported.resolve("model.safetensors")).exists();
    }

    @Test
    void anotherNumberOfMicroBatchesPerStepIsRefused() throws IOException, InterruptedException {
        Path output = folder.resolve("refused");
        run(1, output, "train.max_steps=1", "checkpoint.save_steps=1");
        List<String> arguments = new ArrayList<>(train);
        arguments.addAll(List.of("--output", output.toString(), "--resume"));
        arguments.addAll(List.of("--set", "train.gradient_accumulation_steps=4"));
        RankRun run = RankRun.of(2, arguments);
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.output()).contains("4 micro-batches in the checkpoint").contains("8 now");
    }
}
