package dev.mpo.train.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.testkit.GoldenTensors;
import dev.mpo.testkit.GoldenTensors.Values;
import dev.mpo.testkit.SharedFiles;
import dev.mpo.train.GoldenRuns;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Scores against the log-probabilities that the reference implementation recorded. */
class GoldenScoreTest {

    private static final double TOLERANCE = 1e-3;
    /** The recordings of training runs are this exact. */
    private static final double RUN_TOLERANCE = 2e-3;

    @TempDir
    Path temp;

    /** Pairs to score with one model, and what comes out. */
    private static final class Expected {
        private final List<JsonNode> samples = new ArrayList<>();
        private final List<double[]> policy = new ArrayList<>();
        private final List<double[]> reference = new ArrayList<>();

        void add(JsonNode samples, JsonNode policyLogps, JsonNode referenceLogps) {
            for (int i = 0; i < samples.size(); i++) {
                this.samples.add(samples.get(i));
                policy.add(pair(policyLogps, i));
                reference.add(pair(referenceLogps, i));
            }
        }

        private static double[] pair(JsonNode logps, int i) {
            return new double[] {
                logps.get("chosen_logps").get(i).doubleValue(),
                logps.get("rejected_logps").get(i).doubleValue()
            };
        }
    }

    @TestFactory
    Stream<DynamicTest> referencesOfTrainingRunsAreScoredAsRecorded() throws IOException {
        Map<List<String>, Expected> byModel = new LinkedHashMap<>();
        Map<List<String>, JsonNode> runs = new LinkedHashMap<>();
        for (Path file : GoldenRuns.files()) {
            JsonNode run = GoldenRuns.read(file);
            List<String> key = List.of(
                    run.get("checkpoint").textValue(),
                    run.get("max_seq_length").toString(),
                    run.get("max_dynamic_patch").toString());
            runs.putIfAbsent(key, run);
            Expected expected = byModel.computeIfAbsent(key, k -> new Expected());
            for (JsonNode step : run.get("trajectory")) {
                for (int i = 0; i < step.get("samples").size(); i++) {
                    JsonNode samples = step.get("samples").get(i);
                    boolean known = expected.samples.containsAll(toList(samples));
                    if (!known) {
                        JsonNode reference = step.get("micro").get(i).get("ref");
                        expected.add(samples, reference, reference);
                    }
                }
            }
        }
        List<DynamicTest> tests = new ArrayList<>();
        byModel.forEach((key, expected) -> tests.addAll(inAllModes(
                String.join(" ", key),
                runs.get(key),
                expected,
                RUN_TOLERANCE,
                List.of("reference.path=" + GoldenRuns.checkpoint(runs.get(key))))));
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> adaptersCountForThePolicyAndNotForTheReference() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path file : GoldenRuns.files()) {
            JsonNode run = GoldenRuns.read(file);
            if (!run.get("lora").isNull()) {
                JsonNode first = run.get("trajectory").get(0);
                Expected expected = new Expected();
                for (int i = 0; i < first.get("samples").size(); i++) {
                    JsonNode micro = first.get("micro").get(i);
                    expected.add(first.get("samples").get(i), micro.get("policy"), micro.get("ref"));
                }
                List<String> settings = new ArrayList<>(GoldenRuns.settings(run, temp));
                settings.removeIf(setting -> !setting.startsWith("model.lora."));
                settings.add("reference.mode=adapter");
                tests.addAll(inAllModes(GoldenRuns.name(file), run, expected, RUN_TOLERANCE, settings));
            }
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> modelCasesAreScoredAsRecorded() {
        Path folder = SharedFiles.require("goldens/golden/d_model");
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode c : GoldenRuns.read(folder.resolve("model.json")).get("cases")) {
            JsonNode logps = c.get("variants").get("flash");
            Values mask = GoldenTensors.read(folder.resolve(c.get("tensors").textValue()))
                    .get("attention_mask");
            // Rows whose image tokens are cut are refused here; a real token with id 0 is masked out there and kept
            // here.
            if (!logps.get("image_token_mismatch").booleanValue() && !hasHole(mask)) {
                Expected expected = new Expected();
                expected.add(c.get("samples"), logps, logps);
                tests.addAll(inAllModes(
                        c.get("checkpoint").textValue() + " " + c.get("case").textValue(),
                        c,
                        expected,
                        TOLERANCE,
                        List.of()));
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> laterFamiliesAreScoredAsRecordedFromEitherLayout() {
        Path file = SharedFiles.require("goldens3/golden/d_model/scores.json");
        List<DynamicTest> tests = new ArrayList<>();
        for (String checkpoint : List.of("tiny-qwen2-v3", "tiny-qwen3", "tiny-qwen3-tied", "tiny-internlm3")) {
            JsonNode rows = GoldenRuns.read(file).get("rows").get(checkpoint);
            for (String layout : List.of("", "-hf")) {
                tests.add(DynamicTest.dynamicTest(checkpoint + layout, () -> checkScores(checkpoint + layout, rows)));
            }
        }
        return tests.stream();
    }

    private void checkScores(String checkpoint, JsonNode rows) throws IOException {
        Path out = Files.createTempDirectory(temp, "score").resolve("scores.jsonl");
        RunConfig config = RunConfig.load(
                List.of(),
                List.of(
                        "model.path=" + SharedFiles.require("goldens3/checkpoints/" + checkpoint),
                        "data.meta=" + SharedFiles.require("goldens3/dataset/meta.json"),
                        "data.max_dynamic_patch=2",
                        "data.max_seq_length=8192",
                        "train.num_threads=1",
                        "train.precision=fp32"));
        PairScorer.scoreAll(config, out, (done, total) -> {});
        Map<List<String>, JsonNode> found = new LinkedHashMap<>();
        for (String line : Files.readAllLines(out)) {
            JsonNode row = GoldenRuns.parse(line);
            found.put(List.of(row.get("dataset").textValue(), row.get("line").toString()), row);
        }
        for (JsonNode row : rows) {
            JsonNode score =
                    found.get(List.of(row.get(0).textValue(), row.get(1).toString()));
            assertThat(score).as(row.toString()).isNotNull();
            double[] expected = {row.get(2).doubleValue(), row.get(3).doubleValue()};
            checkLogps(score, "policy", expected, TOLERANCE);
        }
    }

    private static List<JsonNode> toList(JsonNode array) {
        List<JsonNode> all = new ArrayList<>();
        array.forEach(all::add);
        return all;
    }

    /** Whether a masked position comes before one that is not. */
    private static boolean hasHole(Values mask) {
        int length = (int) mask.shape()[1];
        for (int i = 1; i < mask.values().length; i++) {
            if (i % length > 0 && mask.values()[i] > mask.values()[i - 1]) {
                return true;
            }
        }
        return false;
    }

    private List<DynamicTest> inAllModes(
            String name, JsonNode golden, Expected expected, double tolerance, List<String> more) {
        List<DynamicTest> tests = new ArrayList<>();
        for (String mode : List.of("branched", "plain")) {
            for (int batch = 1; batch <= Math.min(2, expected.samples.size()); batch++) {
                List<String> settings = new ArrayList<>(more);
                settings.add("engine.mode=" + mode);
                settings.add("train.per_device_batch_size=" + batch);
                tests.add(DynamicTest.dynamicTest(
                        name + " " + mode + ", batch " + batch, () -> check(golden, expected, tolerance, settings)));
            }
        }
        return tests;
    }

    private void check(JsonNode golden, Expected expected, double tolerance, List<String> more) throws IOException {
        Path work = Files.createTempDirectory(temp, "score");
        List<String> settings = new ArrayList<>(GoldenRuns.data(golden, expected.samples, work));
        settings.add("model.path=" + GoldenRuns.checkpoint(golden));
        settings.add("train.num_threads=1");
        settings.add("train.precision=fp32");
        settings.addAll(more);
        RunConfig config = RunConfig.load(List.of(), settings);
        Path out = work.resolve("scores.jsonl");
        ScoreSummary summary = PairScorer.scoreAll(config, out, (done, total) -> {});
        assertThat(summary.pairs()).isEqualTo(expected.samples.size());
        List<String> lines = Files.readAllLines(out);
        assertThat(lines).hasSize(expected.samples.size());
        for (int i = 0; i < lines.size(); i++) {
            JsonNode row = GoldenRuns.parse(lines.get(i));
            assertThat(row.get("dataset").textValue()).isEqualTo("row" + i);
            assertThat(row.get("line").intValue()).isZero();
            checkLogps(row, "policy", expected.policy.get(i), tolerance);
            if (summary.meanMargin() != null) {
                checkLogps(row, "reference", expected.reference.get(i), tolerance);
                checkRewards(row, config.loss().beta());
            }
        }
    }

    private static void checkLogps(JsonNode row, String model, double[] expected, double tolerance) {
        assertThat(row.get(model + "_chosen_logps").doubleValue())
                .as(row.toString())
                .isCloseTo(expected[0], within(tolerance));
        assertThat(row.get(model + "_rejected_logps").doubleValue())
                .as(row.toString())
                .isCloseTo(expected[1], within(tolerance));
    }

    private static void checkRewards(JsonNode row, double beta) {
        double chosen = beta
                * (row.get("policy_chosen_logps").doubleValue()
                        - row.get("reference_chosen_logps").doubleValue());
        double rejected = beta
                * (row.get("policy_rejected_logps").doubleValue()
                        - row.get("reference_rejected_logps").doubleValue());
        assertThat(row.get("chosen_reward").doubleValue()).isEqualTo(chosen);
        assertThat(row.get("rejected_reward").doubleValue()).isEqualTo(rejected);
        assertThat(row.get("margin").doubleValue()).isEqualTo(chosen - rejected);
        assertThat(row.get("win").booleanValue()).isEqualTo(chosen > rejected);
    }
}
