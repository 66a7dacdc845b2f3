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

/** Rows about videos, from the check of the data to training. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VideoRowsCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final NanoModelConfig SIZE = new NanoModelConfig(28, 7, 16, 32, 2, 2, 24, 48, 2, 4, 2);
    private static final int TOKENS_PER_TILE = 4;

    private Path folder = Path.of("");
    private String meta = "";
    private String model = "";

    @BeforeAll
    void makeFiles(@TempDir Path temporary) throws IOException {
        folder = temporary;
        model = folder.resolve("model").toString();
        NanoCheckpoint.write(folder.resolve("model"), SIZE, List.of("what red blue Frame-1: "), 1);
        Path frames = Files.createDirectories(folder.resolve("videos/film"));
        for (int i = 0; i < 10; i++) {
            PngWriter.write(RgbImage.filled(60, 30, 25 * i, 0, 0), frames.resolve("frame_" + i + ".png"));
        }
        meta = meta("film", """
                {"video": "film", "question": "what?", "chosen": "red", "rejected": "blue"}
                {"video": "film", "question": "<video>\\nwhat?", "chosen": "red it is", "rejected": "blue"}
                """);
    }

    private String meta(String name, String rows) throws IOException {
        Files.writeString(folder.resolve(name + ".jsonl"), rows);
        return Files.writeString(
                        folder.resolve(name + ".json"),
                        "{\"" + name + "\": {\"root\": \"videos\", \"annotation\": \"" + name
                                + ".jsonl\", \"repeat_time\": 1}}")
                .toString();
    }

    private Run run(String command, String metaFile, String... more) {
        List<String> arguments = new ArrayList<>(List.of("data", command, metaFile, "--quiet"));
        arguments.addAll(List.of(more));
        return Run.mpo(arguments.toArray(String[]::new));
    }

    @Test
    void encodeWritesTheFramesThatFitTheLimits() throws IOException {
        Path out = folder.resolve("encoded.jsonl");
        Run run = Run.mpo(
                "data",
                "encode",
                "--meta",
                meta,
                "--model",
                model,
                "--out",
                out.toString(),
                "--quiet",
                "--set",
                "data.video.min_num_frame=1",
                "--set",
                "data.video.max_num_frame=3");

        assertThat(run.exitCode()).as(run.err()).isZero();
        List<String> lines = Files.readAllLines(out);
        assertThat(lines).hasSize(2);
        JsonNode first = JSON.readTree(lines.get(0));
        JsonNode second = JSON.readTree(lines.get(1));
        assertThat(first.get("num_tiles").asInt()).isEqualTo(3);
        assertThat(second.get("num_tiles").asInt()).isEqualTo(3);
        // A question without the marker gets it in front.
        int prompt = first.get("chosen_label_spans").get(0).get(0).asInt();
        for (int i = 0; i < prompt; i++) {
            assertThat(first.get("chosen_input_ids").get(i))
                    .isEqualTo(second.get("chosen_input_ids").get(i));
        }
    }

    @Test
    void statsCountVideosAndTheirFrames() throws IOException {
        JsonNode rows = JSON.readTree(run("stats", meta, "--json").out())
                .get("datasets")
                .get(0);

        assertThat(rows.get("videos").asInt()).isEqualTo(2);
        assertThat(rows.get("text_only").asInt()).isZero();
        assertThat(rows.get("tiles").get("sum").asInt()).isEqualTo(20);
        JsonNode tokens =
                JSON.readTree(run("stats", meta, "--json", "--model", model).out());
        assertThat(tokens.get("datasets").get(0).get("longest").get("max").asInt())
                .isGreaterThan(10 * TOKENS_PER_TILE);
    }

    @Test
    void checkFindsVideosThatTrainingCouldNotUse() throws IOException {
        assertThat(run("check", meta, "--decode", "--model", model).exitCode()).isZero();

        Files.createDirectories(folder.resolve("videos/empty"));
        Files.createDirectories(folder.resolve("videos/text"));
        Files.writeString(folder.resolve("videos/text/notes.txt"), "no frame");
        Files.writeString(folder.resolve("videos/broken.gif"), "GIF89a");
        String bad = meta("bad", """
                {"video": "gone", "question": "q", "chosen": "a", "rejected": "b"}
                {"video": "empty", "question": "q", "chosen": "a", "rejected": "b"}
                {"video": "film", "question": "<video><video>", "chosen": "a", "rejected": "b"}
                {"video": "text", "question": "q", "chosen": "a", "rejected": "b"}
                {"video": "broken.gif", "question": "q", "chosen": "a", "rejected": "b"}
                """);
        Path findings = folder.resolve("findings.jsonl");
        Run run = run("check", bad, "--decode", "--out", findings.toString());

        assertThat(run.exitCode()).isEqualTo(3);
        List<String> kinds = new ArrayList<>();
        for (String line : Files.readAllLines(findings)) {
            JsonNode finding = JSON.readTree(line);
            kinds.add(finding.get("line").asInt() + " " + finding.get("kind").asText());
        }
        assertThat(kinds).containsExactly("0 video", "1 video", "2 placeholder_count", "3 image_unreadable", "4 video");
    }

    @Test
    void aPreviewShowsFrames() throws IOException {
        Path page = folder.resolve("preview.html");
        Run run = run("preview", meta, "--n", "1", "--html", page.toString(), "--model", model);

        assertThat(run.exitCode()).as(run.err()).isZero();
        String html = Files.readString(page);
        assertThat(html).contains("frame 10 · 1 tile").doesNotContain("frame 11");
        assertThat(html.split("data:image/jpeg", -1)).hasSize(11);
    }

    @Test
    void trainingDrawsFramesAndACachedReferenceTakesThemEvenly() throws IOException {
        long drawn = tokens("copy");
        assertThat(tokens("copy")).isEqualTo(drawn);
        // Evenly taken, each of the two rows has the three frames that its limits allow.
        long even = tokens("copy", "data.video.sampling_method=middle");
        assertThat(tokens("cached")).isEqualTo(even);
        assertThat(drawn).isLessThan(even);
    }

    /** Trains four steps and returns the tokens of all of them. */
    private long tokens(String reference, String... settings) throws IOException {
        Path output = Files.createTempDirectory(folder, "run");
        List<String> arguments = new ArrayList<>(
                List.of("train", "--meta", meta, "--model", model, "--output", output.toString(), "--quiet"));
        List<String> all = new ArrayList<>(List.of(
                "train.max_steps=4",
                "reference.mode=" + reference,
                "data.video.min_num_frame=1",
                "data.video.max_num_frame=3",
                "train.num_threads=1"));
        all.addAll(List.of(settings));
        all.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        Run run = Run.mpo(arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        long tokens = 0;
        for (String line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
            tokens += JSON.readTree(line).get("tokens").asLong();
        }
        return tokens;
    }
}
