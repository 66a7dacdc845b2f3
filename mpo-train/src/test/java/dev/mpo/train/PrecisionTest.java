package dev.mpo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.tensor.TorchRuntime;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs in half precision on the CPU, where the same code paths run that a GPU uses, and runs that share image features.
 */
class PrecisionTest {

    @TempDir
    Path folder;

    @Test
    void halfPrecisionFollowsSinglePrecisionAndKeepsSinglePrecisionWeights() {
        follows(NanoRun.create(folder.resolve("qwen2")), "train.recompute=none");
        follows(NanoRun.internLm2(folder.resolve("internlm2")), "train.recompute=full");
    }

    private static void follows(NanoRun run, String recompute) {
        List<JsonNode> single = run.train("fp32", "train.precision=fp32", "train.max_steps=3");
        List<JsonNode> half = run.train("bf16", "train.precision=bf16", "train.max_steps=3", recompute);
        for (int i = 0; i < single.size(); i++) {
            double loss = single.get(i).get("loss").doubleValue();
            assertThat(half.get(i).get("loss").doubleValue()).isCloseTo(loss, within(0.02 * loss));
            double norm = single.get(i).get("grad_norm").doubleValue();
            assertThat(half.get(i).get("grad_norm").doubleValue()).isCloseTo(norm, within(0.1 * norm));
        }
    }

    @Test
    void sharingFrozenImagesWithTheReferenceChangesNothing() {
        NanoRun run = NanoRun.create(folder.resolve("frozen"));
        String frozen = "model.freeze=[\"vision\",\"projector\"]";
        List<JsonNode> shared = run.train("shared", frozen);
        List<JsonNode> apart = run.train("apart", frozen, "reference.path=" + run.model());
        for (int i = 0; i < shared.size(); i++) {
            for (String name : List.of("loss", "grad_norm")) {
                double expected = apart.get(i).get(name).doubleValue();
                double tolerance = TorchRuntime.numGpus() == 0 ? 0 : 1e-6 * expected; // which adds in no fixed order
                assertThat(shared.get(i).get(name).doubleValue()).isCloseTo(expected, within(tolerance));
            }
        }
    }
}
