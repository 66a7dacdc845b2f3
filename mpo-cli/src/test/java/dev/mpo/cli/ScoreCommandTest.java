package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScoreCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Path folder = Path.of("");
    private Path model = Path.of("");
    private Path meta = Path.of("");

    @BeforeAll
    void makeModelAndData(@TempDir Path temporary) {
        folder = temporary;
        SyntheticDataset data =
                SyntheticDataset.write(folder.resolve("data"), new SyntheticDataset.Options(1, 100, 25, 56));
        meta = data.heldOutMeta();
        model = folder.resolve("model");
        NanoModelConfig size = new NanoModelConfig(56, 14, 16, 32, 2, 2, 16, 32, 2, 2, 1);
        NanoCheckpoint.write(model, size, data.texts(), 1);
        NanoCheckpoint.write(folder.resolve("7"), size, data.texts(), 2);
    }

    private Run score(Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of("score", "--model", model.toString()));
        arguments.addAll(List.of("--meta", meta.toString(), "--out", out.toString()));
        arguments.addAll(List.of("--set", "train.precision=fp32"));
        arguments.addAll(List.of(more));
        return Run.mpo(arguments.toArray(new String[0]));
    }

    @Test
    void rowsAreWrittenAndTheirMeansPrinted() throws IOException {
        Path out = folder.resolve("scores.jsonl");
        Run run = score(out, "--reference", folder.resolve("7").toString(), "--json", "--set", "loss.beta=0.5");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        JsonNode summary = JSON.readTree(run.out());
        List<String> lines = Files.readAllLines(out);
        double margins = 0;
        double wins = 0;
        for (String line : lines) {
            JsonNode row = JSON.readTree(line);
            double margin = row.get("margin").doubleValue();
            margins += margin;
            wins += margin > 0 ? 1 : 0;
            assertThat(row.get("win").booleanValue()).isEqualTo(margin > 0);
            assertThat(row.get("chosen_reward").doubleValue())
                    .isEqualTo(0.5
                            * (row.get("policy_chosen_logps").doubleValue()
                                    - row.get("reference_chosen_logps").doubleValue()));
        }
        assertThat(summary.get("pairs").intValue()).isEqualTo(25).isEqualTo(lines.size());
        assertThat(summary.get("meanMargin").doubleValue()).isEqualTo(margins / 25);
        assertThat(summary.get("accuracy").doubleValue()).isEqualTo(wins / 25);
        assertThat(summary.get("bad").intValue()).isZero();
    }

    @Test
    void withoutReferenceTheSummarySaysThatThereAreNoMargins() {
        Run run = score(folder.resolve("plain.jsonl"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("25 pairs", "accuracy", "no reference", folder.resolve("plain.jsonl") + "");
    }

    @Test
    void missingModelsAndDataHaveTheirOwnExitCodes() {
        Path out = folder.resolve("none.jsonl");
        assertThat(score(out, "--reference", folder.resolve("absent").toString())
                        .exitCode())
                .isEqualTo(4);
        assertThat(score(out, "--set", "engine.modus=plain").exitCode()).isEqualTo(2);
        assertThat(score(out, "--meta", "absent.json").exitCode()).isNotZero();
        assertThat(out).doesNotExist();
    }

    @Test
    void helpSaysWhatARowHolds() {
        Run run = Run.mpo("score", "--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("policy_chosen_logps", "--reference", "null", "loss.beta");
    }
}
