package dev.mpo.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.model.DropPath;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.optim.LrSchedule;
import dev.mpo.train.setup.Training;
import dev.mpo.train.step.MpoTrainStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Gradients and adapters, which no file of a run shows, against the reference trainer's. */
class GoldenParametersTest {

    @TempDir
    Path temp;

    @TestFactory
    Stream<DynamicTest> gradientsOfTheFirstStepAreThoseOfTheReference() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path file : GoldenRuns.files()) {
            JsonNode golden = GoldenRuns.read(file);
            if (golden.has("first_step_gradients_before_clip")) {
                for (String mode : List.of("branched", "plain")) {
                    tests.add(DynamicTest.dynamicTest(
                            GoldenRuns.name(file) + " " + mode, () -> checkGradients(golden, mode)));
                }
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    private void checkGradients(JsonNode golden, String mode) throws IOException {
        try (Training training = open(golden, mode)) {
            accumulate(golden, training, 0);
            Map<String, double[]> gradients = Checksums.named(
                    training.policy().config(), training.policy().parameters().gradientsByName());
            for (var entry : golden.get("first_step_gradients_before_clip").properties()) {
                double[] found = gradients.get(Checksums.plainName(entry.getKey()));
                assertThat(found).as(entry.getKey()).isNotNull();
                double mean = entry.getValue().get("abs_sum").doubleValue() / found.length;
                Checksums.checkAnyHow(entry.getKey(), entry.getValue(), found, 1e-7 + 1e-4 * mean, 1e-4);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> adaptersEndWhereTheReferenceEnds() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path file : GoldenRuns.files()) {
            JsonNode golden = GoldenRuns.read(file);
            if (!golden.get("lora").isNull()) {
                tests.add(DynamicTest.dynamicTest(GoldenRuns.name(file), () -> checkAdapters(golden)));
            }
        }
        return tests.stream();
    }

    private void checkAdapters(JsonNode golden) throws IOException {
        int steps = golden.get("steps").intValue();
        LrSchedule schedule = LrSchedule.of(
                open(golden).train().lrScheduler(),
                golden.get("learning_rate").doubleValue(),
                steps,
                golden.get("warmup_ratio").doubleValue());
        try (Training training = open(golden, "branched")) {
            for (int step = 0; step < steps; step++) {
                training.optimizer().zeroGradients();
                accumulate(golden, training, step);
                double norm = training.optimizer().gradientNorm();
                training.optimizer().clip(norm, golden.get("max_grad_norm").doubleValue());
                training.optimizer().step(schedule.at(step));
            }
            Map<String, double[]> weights = Checksums.named(
                    training.policy().config(), training.policy().parameters().byName());
            for (var entry : golden.get("final_params").properties()) {
                double[] found = weights.get(Checksums.plainName(entry.getKey()));
                assertThat(found).as(entry.getKey()).isNotNull();
                Checksums.checkParameter(entry.getKey(), entry.getValue(), found, 0);
            }
        }
    }

    private RunConfig open(JsonNode golden) throws IOException {
        return RunConfig.load(List.of(), GoldenRuns.settings(golden, Files.createTempDirectory(temp, "run")));
    }

    private Training open(JsonNode golden, String mode) throws IOException {
        return Training.open(open(golden).with("engine.mode=" + mode));
    }

    /** Adds up the gradients of one optimizer step; each sample is a data set of its own. */
    private static void accumulate(JsonNode golden, Training training, int step) {
        int batchSize = golden.get("per_device_batch_size").intValue();
        int numMicroBatches = golden.get("gradient_accumulation_steps").intValue();
        List<PairDataset> samples = training.data().datasets();
        MpoTrainStep microBatch = training.step();
        for (int micro = 0; micro < numMicroBatches; micro++) {
            List<EncodedPair> pairs = new ArrayList<>();
            for (int i = 0; i < batchSize; i++) {
                PairDataset sample = samples.get((step * numMicroBatches + micro) * batchSize + i);
                pairs.add(training.data().encoder().encode(sample, 0));
            }
            microBatch.run(pairs, DropPath.NONE, 1.0 / numMicroBatches, mean -> new double[] {mean});
        }
    }
}
