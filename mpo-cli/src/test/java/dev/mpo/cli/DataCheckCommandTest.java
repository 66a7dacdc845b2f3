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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DataCheckCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final NanoModelConfig SIZE = new NanoModelConfig(28, 7, 16, 32, 2, 2, 24, 48, 2, 4, 2);

    private Path folder = Path.of("");

    @BeforeAll
    void makeFiles(@TempDir Path temporary) throws IOException {
        folder = temporary;
        NanoCheckpoint.write(folder.resolve("model"), SIZE, List.of("what red blue"), 1);
        PngWriter.write(new RgbImage(60, 40, new byte[60 * 40 * 3]), folder.resolve("a.png"));
        Files.writeString(folder.resolve("broken.png"), "\u0089PNG\r\n and no more");
    }

    @Test
    void soundRowsEndWithZero() throws IOException {
        Run run = check(List.of(row("\"image\": \"a.png\", ", "what", "red", "blue"), row("", "q", "red", "blue")));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("2 rows: 0 bad, 0 with warnings");
    }

    @Test
    void everyKindOfBadRowIsFoundWithItsLine() throws IOException {
        Path out = folder.resolve("new/findings.jsonl");
        List<String> rows = List.of(
                row("", "fine", "red", "blue"),
                "{\"question\": \"what\", oops",
                row("\"image\": \"gone.png\", ", "what", "red", "blue"),
                row("\"image\": [\"a.png\", \"a.png\"], ", "one <image>", "red", "blue"),
                row("", "what", " ", "blue"),
                row("", "same", "red", "red"),
                row("", "reserved <IMG_CONTEXT>", "red", "blue"));
        Run run = check(rows, "--out", out.toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).startsWith("error: ").contains("rows.jsonl:2:", "6 of 7 rows are bad", out.toString());
        List<JsonNode> findings = lines(out);
        assertThat(findings.stream().map(each -> each.get("kind").asText()))
                .containsExactly(
                        "malformed",
                        "image_missing",
                        "placeholder_count",
                        "empty_answer",
                        "equal_answers",
                        "image_token_in_text");
        for (int i = 0; i < findings.size(); i++) {
            assertThat(findings.get(i).get("line").asInt()).isEqualTo(i + 1);
            assertThat(findings.get(i).get("where").asText()).isEqualTo(folder.resolve("rows.jsonl") + ":" + (i + 2));
            assertThat(findings.get(i).get("severity").asText()).isEqualTo("bad");
        }
    }

    @Test
    void warningsEndWithZeroUnlessStrict() throws IOException {
        List<String> rows = List.of(
                row("", "what", "red", "blue"),
                row("", "what", "red", "blue"),
                row("", "tell <image>", "red<|im_end|>", "blue"));
        Run lenient = check(rows, "--json");
        JsonNode result = JSON.readTree(lenient.out());

        assertThat(lenient.exitCode()).as(lenient.err()).isZero();
        assertThat(result.get("warned").asInt()).isEqualTo(2);
        assertThat(result.get("findings").get("duplicate").asInt()).isOne();
        assertThat(result.get("findings").get("placeholder_in_text").asInt()).isOne();
        assertThat(result.get("findings").get("special_token_in_text").asInt()).isOne();
        assertThat(result.get("datasets").get(0).get("dataset").asText()).isEqualTo("rows");

        Run strict = check(rows, "--strict");
        assertThat(strict.exitCode()).isEqualTo(3);
        assertThat(strict.err()).contains("rows.jsonl:2:", "2 of 3 rows are bad");
    }

    @Test
    void brokenPixelsAreFoundWhenDecodingIsAskedFor() throws IOException {
        List<String> rows = List.of(
                row("\"image\": \"broken.png\", ", "what", "red", "blue"),
                row("\"image\": \"a.png\", ", "what", "red", "blue"));

        assertThat(check(rows).exitCode()).isZero();
        Run decoded = check(rows, "--decode");
        assertThat(decoded.exitCode()).isEqualTo(3);
        assertThat(decoded.err()).contains("rows.jsonl:1:", "broken.png");
        assertThat(decoded.out()).contains("image_unreadable");
    }

    @Test
    void aModelTellsWhatIsTooLong() throws IOException {
        List<String> rows = List.of(
                row("", "what", "red", "blue"),
                row("", "what", "red ".repeat(200), "blue"),
                row("\"image\": \"a.png\", ", "what", "red", "blue"));
        String model = folder.resolve("model").toString();

        Run fits = check(rows, "--model", model);
        assertThat(fits.exitCode()).as(fits.err()).isZero();
        assertThat(fits.out()).contains("0 with warnings");
        Run cut = check(rows, "--model", model, "--set", "data.max_seq_length=150", "--json");
        assertThat(cut.exitCode()).as(cut.err()).isZero();
        assertThat(JSON.readTree(cut.out()).get("findings").get("too_long").asInt())
                .isOne();
        Run refused = check(rows, "--model", model, "--set", "data.max_seq_length=10");
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.out()).contains("too_long_refused", "nothing_to_train");
    }

    @Test
    void wrongUseEndsWithTwoAndAMissingMetaFileWithThree() {
        assertThat(Run.mpo("data", "check").exitCode()).isEqualTo(2);
        assertThat(Run.mpo("data", "check", "gone.json").exitCode()).isEqualTo(3);
        assertThat(Run.mpo("data", "check", "gone.json", "--model", "none").exitCode())
                .isEqualTo(4);
    }

    private Run check(List<String> rows, String... more) throws IOException {
        Files.write(folder.resolve("rows.jsonl"), rows);
        Path meta = Files.writeString(
                folder.resolve("meta.json"),
                "{\"rows\": {\"root\": \"\", \"annotation\": \"rows.jsonl\", \"repeat_time\": 1}}");
        List<String> arguments = new ArrayList<>(List.of("data", "check", meta.toString(), "--quiet"));
        arguments.addAll(List.of(more));
        return Run.mpo(arguments.toArray(String[]::new));
    }

    private static String row(String image, String question, String chosen, String rejected) {
        return "{" + image + "\"question\": \"" + question + "\", \"chosen\": \"" + chosen + "\", \"rejected\": \""
                + rejected + "\"}";
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }
}
