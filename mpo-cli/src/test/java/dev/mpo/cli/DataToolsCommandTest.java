package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.data.image.PngWriter;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** {@code data stats}, {@code data preview} and {@code data index}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DataToolsCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final NanoModelConfig SIZE = new NanoModelConfig(28, 7, 16, 32, 2, 2, 24, 48, 2, 4, 2);

    private Path folder = Path.of("");
    private String meta = "";
    private String model = "";

    @BeforeAll
    void makeFiles(@TempDir Path temporary) throws IOException {
        folder = temporary;
        model = folder.resolve("model").toString();
        NanoCheckpoint.write(folder.resolve("model"), SIZE, List.of("what red blue"), 1);
        PngWriter.write(new RgbImage(60, 30, new byte[60 * 30 * 3]), folder.resolve("a.png"));
        Files.writeString(folder.resolve("rows.jsonl"), """
                {"image": "a.png", "question": "what <b>", "chosen": "red", "rejected": "blue"}
                {"image": ["a.png", "a.png"], "question": "<image><image>", "chosen": "red", "rejected": "blue"}
                {"question": "text", "chosen": "four", "rejected": "seven"}
                {"question": "text", oops
                """);
        meta = Files.writeString(
                        folder.resolve("meta.json"),
                        "{\"rows\": {\"root\": \"\", \"annotation\": \"rows.jsonl\", \"repeat_time\": 2,"
                                + " \"max_dynamic_patch\": 4}}")
                .toString();
    }

    @Test
    void statsCountCharactersWithoutAModel() throws IOException {
        Run run = Run.mpo("data", "stats", meta, "--quiet", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode result = JSON.readTree(run.out());
        JsonNode rows = result.get("datasets").get(0);
        assertThat(result.get("unit").asText()).isEqualTo("characters");
        assertThat(rows.get("rows").asInt()).isEqualTo(4);
        assertThat(rows.get("pairs_per_epoch").asInt()).isEqualTo(8);
        assertThat(rows.get("unusable").asInt()).isOne();
        assertThat(rows.get("text_only").asInt()).isOne();
        assertThat(rows.get("one_image").asInt()).isOne();
        assertThat(rows.get("several_images").asInt()).isOne();
        assertThat(rows.get("images").asInt()).isEqualTo(3);
        assertThat(rows.get("chosen").get("sum").asInt()).isEqualTo(10);
        assertThat(rows.get("rejected").get("max").asInt()).isEqualTo(5);
        // 60 x 30 is cut 2 x 1 with a thumbnail, alone and where two images share the four tiles.
        assertThat(rows.get("tiles").get("sum").asInt()).isEqualTo(9);
    }

    @Test
    void statsCountTheTokensThatEncodeWritesWithAModel() throws IOException {
        Path page = folder.resolve("pages/stats.html");
        Run run = Run.mpo("data", "stats", meta, "--model", model, "--quiet", "--json", "--html", page.toString());
        Path encoded = folder.resolve("encoded.jsonl");
        Run.mpo("data", "encode", "--meta", meta, "--model", model, "--out", encoded.toString(), "--quiet");

        assertThat(run.exitCode()).as(run.err()).isZero();
        long longest = 0;
        long tiles = 0;
        for (String line : Files.readAllLines(encoded)) {
            JsonNode pair = JSON.readTree(line);
            longest += Math.max(
                    pair.get("chosen_input_ids").size(),
                    pair.get("rejected_input_ids").size());
            tiles += pair.get("num_tiles").asInt();
        }
        JsonNode rows = JSON.readTree(run.out()).get("datasets").get(0);
        assertThat(rows.get("longest").get("sum").asLong()).isEqualTo(longest);
        assertThat(rows.get("tiles").get("sum").asLong()).isEqualTo(tiles);
        assertThat(Files.readString(page)).contains("<svg", "tokens", "class=\"bar\"", "Data: meta.json");
    }

    @Test
    void severalMetaFilesAreOneMixtureAndWeightsCanBeSet() throws IOException {
        Path other = Files.writeString(
                folder.resolve("other.json"),
                "{\"more\": {\"root\": \"\", \"annotation\": \"rows.jsonl\", \"repeat_time\": 1}}");
        Path page = folder.resolve("pages/both.html");
        Run run = Run.mpo(
                "data",
                "stats",
                meta,
                other.toString(),
                "--set",
                "data.repeat_time.more=0.5",
                "--json",
                "--quiet",
                "--html",
                page.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode datasets = JSON.readTree(run.out()).get("datasets");
        assertThat(datasets.get(0).get("pairs_per_epoch").asInt()).isEqualTo(8);
        assertThat(datasets.get(1).get("dataset").asText()).isEqualTo("more");
        assertThat(datasets.get(1).get("pairs_per_epoch").asInt()).isEqualTo(2);
        assertThat(Files.readString(page)).contains("Data: meta.json, other.json");

        Run flags = Run.mpo("data", "index", "--meta", meta, "--meta", other.toString(), "--json");
        assertThat(JSON.readTree(flags.out()).get("rows").asInt()).isEqualTo(8);
        Run unknown = Run.mpo("data", "index", meta, "--set", "data.repeat_time.rosw=1");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("the nearest is rows");
    }

    @Test
    void aLengthThatTheFileDoesNotHaveIsWarnedOf() throws IOException {
        Path wrong = Files.writeString(
                folder.resolve("wrong.json"),
                "{\"rows\": {\"root\": \"\", \"annotation\": \"rows.jsonl\", \"repeat_time\": 1, \"length\": 5}}");
        Logger logger = (Logger) LoggerFactory.getLogger(PairDataset.class);
        ListAppender<ILoggingEvent> warnings = new ListAppender<>();
        warnings.start();
        logger.addAppender(warnings);
        try {
            assertThat(Run.mpo("data", "stats", wrong.toString(), "--quiet").exitCode())
                    .isZero();
        } finally {
            logger.detachAppender(warnings);
        }
        assertThat(warnings.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .contains("wrong.json: \"rows\": length says 5", "rows.jsonl has 4 rows; the file counts");
    }

    @Test
    void statsAreShownAsText() {
        Run run = Run.mpo("data", "stats", meta, "--quiet");

        assertThat(run.out()).contains("pairs/epoch", "rows by tiles", "###");
    }

    @Test
    void aPreviewShowsTilesTextsAndProblems() throws IOException {
        Path page = folder.resolve("pages/preview.html");
        Run run = Run.mpo("data", "preview", meta, "--model", model, "--n", "10", "--html", page.toString(), "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(JSON.readTree(run.out()).get("pairs").asInt()).isEqualTo(4);
        String html = Files.readString(page);
        assertThat(html.split("data:image/jpeg", -1)).hasSize(10);
        assertThat(html)
                .contains("what &lt;b&gt;", "a.png · 60 x 30 · 3 tiles", "text only", "not valid JSON", "image tokens");
    }

    @Test
    void aPreviewOfFewerPairsNeedsNoModel() throws IOException {
        Path page = folder.resolve("two.html");
        Run run = Run.mpo("data", "preview", meta, "--n", "2", "--html", page.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("2 pairs: ");
        assertThat(Run.mpo("data", "preview", meta, "--n", "0", "--html", page.toString())
                        .exitCode())
                .isEqualTo(2);
        assertThat(Run.mpo("data", "preview", "gone.json", "--html", page.toString())
                        .exitCode())
                .isEqualTo(3);
    }

    @Test
    void anIndexIsMeasured() throws IOException {
        Files.writeString(
                folder.resolve("good.jsonl"),
                "{\"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}\n".repeat(9));
        Path good = Files.writeString(
                folder.resolve("good.json"),
                "{\"good\": {\"root\": \"\", \"annotation\": \"good.jsonl\", \"repeat_time\": 1}}");
        Run run = Run.mpo("data", "index", good.toString(), "--read", "100", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode result = JSON.readTree(run.out());
        assertThat(result.get("rows").asInt()).isEqualTo(9);
        assertThat(result.get("rowsPerSecond").asDouble()).isPositive();
        assertThat(result.get("datasets").get(0).get("origin").asText()).isEqualTo("memory");
        assertThat(Run.mpo("data", "index", good.toString()).out()).contains("9 rows opened");
    }
}
