package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One small closed loop, looked at from all sides. What it gains takes the full size and is measured by hand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoopCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Path loop = Path.of("");
    private Run run = new Run(0, "", "");

    @BeforeAll
    void closeTheLoop(@TempDir Path temporary) {
        loop = temporary.resolve("a loop");
        run = Run.mpo("demo", "--loop", "--json", "--questions", "40", "--steps", "70", "--output", loop.toString());
    }

    @Test
    void resultIsOneObject() throws IOException {
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        JsonNode result = JSON.readTree(run.out());
        assertThat(result.get("samples").asInt()).isEqualTo(320);
        assertThat(result.get("pairs").asInt() + result.get("formatPairs").asInt())
                .isPositive();
        for (String share : List.of("cotBefore", "cotAfter", "directBefore", "directAfter")) {
            assertThat(result.get(share).asDouble()).isBetween(0.0, 1.0);
        }
        assertThat(result.get("phaseSeconds")).hasSize(8);
    }

    @Test
    void onePageTellsEverything() {
        assertThat(loop.resolve("report.html"))
                .content()
                .contains(
                        "Held-out accuracy, chain of thought",
                        "Held-out accuracy, direct",
                        "Held-out accuracy by kind of question",
                        "What became of the samples",
                        "Preference training",
                        "shapes_side",
                        "data:image/png");
    }

    @Test
    void eachTrainingIsARunOfItsOwn() {
        for (String folder : List.of("sft", "mpo")) {
            assertThat(loop.resolve(folder + "/metrics.jsonl")).content().hasLineCount(70);
            assertThat(loop.resolve(folder + "/train.log")).content().contains("step 70/70");
            assertThat(loop.resolve(folder + "/final/model.safetensors")).isRegularFile();
        }
        assertThat(loop.resolve("sft/config.resolved.yaml"))
                .content()
                .contains("sft")
                .doesNotContain("bco_pair");
        assertThat(loop.resolve("mpo/config.resolved.yaml")).content().contains("bco_pair");
    }

    @Test
    void commandsDoTheSameByHand() throws IOException {
        for (JsonNode command : JSON.readTree(run.out()).get("commands")) {
            List<String> words = DemoCommandTest.words(command.asText());
            Run byHand = Run.mpo(words.subList(1, words.size()).toArray(String[]::new));
            assertThat(byHand.exitCode()).as(command + ": " + byHand.err()).isZero();
        }

        for (String same : List.of("samples/shapes_side.jsonl", "pairs/raw", "mpo/final/model.safetensors")) {
            Path file = loop.resolve(same);
            List<Path> files = Files.isDirectory(file) ? list(file) : List.of(file);
            assertThat(files)
                    .isNotEmpty()
                    .allSatisfy(one -> assertThat(loop.resolve("by-hand").resolve(loop.relativize(one)))
                            .hasSameBinaryContentAs(one));
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void numbersAreChecked() {
        assertThat(Run.mpo("demo", "--loop", "--questions", "24").err()).contains("--questions", "at least 25", "24");
        assertThat(Run.mpo("demo", "--questions", "50").err()).contains("--loop");
        assertThat(Run.mpo("demo", "--loop", "--steps", "0").exitCode()).isEqualTo(2);
    }
}
