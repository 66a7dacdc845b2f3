package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.data.image.PngWriter;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void makeDataSet() throws IOException {
        String picture = Base64.getEncoder().encodeToString(PngWriter.encode(RgbImage.filled(60, 40, 200, 10, 10)));
        data = Files.writeString(
                folder.resolve("MMStar.tsv"),
                "index\timage\tquestion\tA\tB\tC\tanswer\tcategory\n"
                        + "0\t" + picture + "\t\"Which \"\"colour\"\"?\"\tred\tblue\tNone\tA\tcoarse\n"
                        + "1\t0\tHow many?\t1\t2\t3\tB\tmath\n"
                        + "2\t\tno picture\t1\t2\t3\tB\tmath\n");
    }

    private Run eval(String... more) {
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "eval",
                "--data",
                data.toString(),
                "--out",
                folder.resolve("out").toString()));
        arguments.addAll(List.of(more));
        return Run.mpo(arguments.toArray(String[]::new));
    }

    @Test
    void aFileOfPredictionsIsScored() throws IOException {
        Path predictions = Files.writeString(
                folder.resolve("model_MMStar.tsv"), "index\tprediction\n0\tThe answer is A.\n1\tI cannot say\n");
        Run run = eval("--predictions", predictions.toString(), "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode result = JSON.readTree(run.out());
        assertThat(result.at("/scores/MMStar/Overall").doubleValue()).isEqualTo(0.5);
        assertThat(result.at("/scores/MMStar/coarse").doubleValue()).isEqualTo(1);
        assertThat(result.at("/undecided/MMStar").doubleValue()).isEqualTo(0.5);
        assertThat(result.get("matcher").asText()).isEqualTo("2026-08");
        assertThat(run.err()).contains("1 rows without a picture are left out");
    }

    @Test
    void promptsAreWrittenAndNobodyIsAsked() throws IOException {
        Run run = eval("--prompts-only", "--prompt", "mpo");

        assertThat(run.exitCode()).as(run.err()).isZero();
        List<String> lines = Files.readAllLines(folder.resolve("out/prompts.jsonl"));
        assertThat(lines).hasSize(2);
        JsonNode first = JSON.readTree(lines.get(0));
        assertThat(first.get("prompt").asText())
                .startsWith("<image>\nYour task is")
                .contains("\"colour\"?\nA. red\nB. blue");
        assertThat(first.get("tiles").intValue()).isEqualTo(6);
        assertThat(Path.of(first.get("images").get(0).asText())).exists();
    }

    @Test
    void aModelIsAskedOnceAndItsPredictionsCanBeScoredAgain() throws IOException {
        Path model = folder.resolve("model");
        NanoCheckpoint.write(model, new NanoModelConfig(56, 14, 16, 32, 2, 2, 16, 32, 2, 2, 1), List.of("red blue"), 1);
        Run run = eval("--model", model.toString(), "--max-new-tokens", "4", "--json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        double overall = JSON.readTree(run.out()).at("/scores/MMStar/Overall").doubleValue();
        Path replies = folder.resolve("out/model_MMStar.replies.jsonl");
        assertThat(Files.readAllLines(replies)).hasSize(2);

        // Stopped in the middle of a line, it asks what is missing.
        String text = Files.readString(replies);
        Files.writeString(replies, text.substring(0, text.length() - 5));
        assertThat(eval("--model", model.toString(), "--max-new-tokens", "4").exitCode())
                .isZero();
        assertThat(Files.readString(replies)).isEqualTo(text);
        for (String ending : List.of("tsv", "xlsx")) {
            Run again = eval(
                    "--predictions",
                    folder.resolve("out/model_MMStar." + ending).toString(),
                    "--json");
            assertThat(again.exitCode()).as(again.err()).isZero();
            assertThat(JSON.readTree(again.out()).at("/scores/MMStar/Overall").doubleValue())
                    .isEqualTo(overall);
        }
    }

    @Test
    void mistakesAreNamed() {
        assertThat(eval().err()).contains("--model DIR, --endpoint URL, or --predictions FILE");
        Run absent = Run.mpo("eval", "--data", folder.resolve("absent.tsv").toString());
        assertThat(absent.exitCode()).isEqualTo(3);
        assertThat(absent.err()).contains("absent.tsv");
        assertThat(eval("--matcher", "1999").err()).contains("2024-12");
    }
}
