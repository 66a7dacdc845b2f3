package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** What {@code mpo plan} prints. */
class PlanCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void recommendsSettingsForAPublishedModel() {
        Run run = Run.mpo("plan", "--model", "8B", "--devices", "8");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("8B", "Recommended", "--set 'parallel.shard=", "TFLOP per pair", "pairs/s");
    }

    @Test
    void decidedSettingsAreKept() throws Exception {
        Run run = Run.mpo(
                "plan",
                "--json",
                "--model",
                "InternVL2_5-1B",
                "--devices",
                "2",
                "--set",
                "train.recompute=full",
                "--set",
                "reference.mode=copy",
                "--set",
                "parallel.shard=optimizer");
        JsonNode plan = JSON.readTree(run.out());
        assertThat(plan.get("choices")).isNotEmpty().allSatisfy(choice -> {
            assertThat(choice.get("recompute").textValue()).isEqualTo("full");
            assertThat(choice.get("reference").textValue()).isEqualTo("copy");
            assertThat(choice.get("shard").textValue()).isEqualTo("optimizer");
            assertThat(choice.get("peak_bytes").doubleValue()).isPositive();
        });
        assertThat(plan.get("choices").get(0).get("flops_per_pair").doubleValue() / 1e12)
                .isBetween(34.0, 37.0);
    }

    @Test
    void allPublishedModelsGetALineEach() {
        Run run = Run.mpo("plan", "--model", "all", "--devices", "8");
        assertThat(run.out().lines()).hasSize(7 + 7 + 6); // InternVL2.5, 3 and the dense 3.5
    }

    @Test
    void saysWhatWouldHelpWhenNothingFits() {
        Run run = Run.mpo("plan", "--model", "78B", "--device-memory", "40");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Nothing fits", "--devices");
    }

    @Test
    void anUnknownModelIsRefusedWithTheKnownOnes() {
        Run run = Run.mpo("plan", "--model", "7B");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("7B", "InternVL2_5-8B", "nano");
    }
}
