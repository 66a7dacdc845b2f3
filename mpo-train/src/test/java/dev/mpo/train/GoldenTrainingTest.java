package dev.mpo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.core.safetensors.NumberFormats;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whole training runs against the reference trainer's trajectories. */
class GoldenTrainingTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Half the distance between neighbours in bfloat16, relative to the smaller one. */
    private static final double BF16_ROUNDING = 1.0 / 256;

    @TempDir
    Path temp;

    @TestFactory
    Stream<DynamicTest> everyRunFollowsTheReference() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path file : GoldenRuns.files()) {
            for (String mode : List.of("branched", "plain")) {
                tests.add(DynamicTest.dynamicTest(GoldenRuns.name(file) + " " + mode, () -> check(file, mode, "copy")));
            }
            tests.add(DynamicTest.dynamicTest(
                    GoldenRuns.name(file) + " cached", () -> check(file, "branched", "cached")));
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    private void check(Path file, String mode, String reference) throws IOException {
        JsonNode golden = JSON.readTree(file.toFile());
        Path work = Files.createTempDirectory(temp, "run");
        List<String> settings = GoldenRuns.settings(golden, work);
        settings.add("engine.mode=" + mode);
        settings.add("reference.mode=" + reference);
        settings.add("train.recompute=" + (mode.equals("plain") ? "none" : "full"));
        Trainer.train(RunConfig.load(List.of(), settings), work.resolve("out"));
        List<String> lines = Files.readAllLines(work.resolve("out/metrics.jsonl"));
        JsonNode steps = golden.get("trajectory");
        assertThat(lines).hasSize(steps.size());
        for (int i = 0; i < lines.size(); i++) {
            checkStep(JSON.readTree(lines.get(i)), steps.get(i));
        }
        if (mode.equals("branched")) {
            checkExport(golden, work.resolve("out/final"));
        }
    }

    /** Adapters are merged in the export, so what was adapted is looked at elsewhere. */
    private static void checkExport(JsonNode golden, Path export) throws IOException {
        Map<String, StoredTensor> stored = SafetensorsFolder.read(export).tensors();
        int compared = 0;
        for (var entry : golden.get("final_params").properties()) {
            boolean adapter = entry.getKey().contains(".lora_");
            if (!adapter && !entry.getKey().endsWith(".base_layer.weight")) {
                StoredTensor tensor = stored.get(Checksums.plainName(entry.getKey()));
                assertThat(tensor).as(entry.getKey()).isNotNull();
                double rounding = tensor.info().type() == StoredType.F32 ? 0 : BF16_ROUNDING;
                Checksums.checkParameter(entry.getKey(), entry.getValue(), values(tensor), rounding);
                compared++;
            }
        }
        assertThat(compared).isPositive();
    }

    private static double[] values(StoredTensor tensor) throws IOException {
        ByteBuffer singles =
                ByteBuffer.allocate(4 * (int) tensor.info().numElements()).order(ByteOrder.LITTLE_ENDIAN);
        tensor.read(
                0,
                tensor.info().numElements(),
                (first, bytes) -> NumberFormats.convert(bytes, tensor.info().type(), singles, StoredType.F32));
        double[] values = new double[(int) tensor.info().numElements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = singles.getFloat(4 * i);
        }
        return values;
    }

    private static void checkStep(JsonNode found, JsonNode expected) {
        String step = "step " + expected.get("step");
        assertThat(found.get("loss").doubleValue())
                .as(step + " loss")
                .isCloseTo(expected.get("loss").doubleValue(), within(1e-4));
        double norm = expected.get("grad_norm_before_clip").doubleValue();
        assertThat(found.get("grad_norm").doubleValue()).as(step + " grad norm").isCloseTo(norm, within(1e-4 * norm));
        assertThat(found.get("learning_rate").doubleValue())
                .isCloseTo(expected.get("lr_used").doubleValue(), within(1e-12));
        for (var metric : expected.get("metrics").properties()) {
            boolean rounded =
                    metric.getKey().startsWith("logits/") || metric.getKey().endsWith("accuracies");
            if (!rounded) {
                double value = metric.getValue().doubleValue();
                // Sums of hundreds of single-precision numbers: two parts in a million.
                double tolerance = metric.getKey().startsWith("logps/") ? 2e-6 * Math.max(1000, Math.abs(value)) : 1e-3;
                assertThat(found.get(metric.getKey()).doubleValue())
                        .as(step + " " + metric.getKey())
                        .isCloseTo(value, within(tolerance));
            }
        }
    }
}
