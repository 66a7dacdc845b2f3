package dev.mpo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whole training runs against the reference trainer's trajectories. */
class GoldenTrainingTest {

    private static final ObjectMapper JSON = new ObjectMapper();

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
                double tolerance = metric.getKey().startsWith("logps/") ? 2e-3 : 1e-3;
                assertThat(found.get(metric.getKey()).doubleValue())
                        .as(step + " " + metric.getKey())
                        .isCloseTo(metric.getValue().doubleValue(), within(tolerance));
            }
        }
    }
}
