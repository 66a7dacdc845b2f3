package dev.mpo.eval.pipeline.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.eval.generate.EndpointGenerator;
import dev.mpo.eval.generate.EndpointOptions;
import dev.mpo.eval.generate.UnreliableServer;
import dev.mpo.eval.generate.UnreliableServer.Mood;
import dev.mpo.eval.prompt.PromptVersion;
import dev.mpo.train.ranks.Ranks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole sampling job against a server that fails in every way that servers fail. */
class SamplingFromServerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS = 24;
    private static final int SAMPLES = 3;
    private static final List<Mood> FAILURES =
            List.of(Mood.BUSY, Mood.BROKEN, Mood.HALF, Mood.GARBAGE, Mood.EMPTY, Mood.SILENT);

    private Path folder = Path.of("");
    private SamplingOptions options =
            new SamplingOptions(Path.of("q.jsonl"), folder, folder, 1, 0, GenerationOptions.greedy(1), Ranks.single());

    @BeforeEach
    void writePrompts(@TempDir Path temporary) throws IOException {
        folder = temporary;
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            lines.add("{\"question\": \"What is " + i + " plus one?\", \"answer\": " + (i + 1) + "}");
        }
        Path prompts = Files.write(folder.resolve("sums.jsonl"), lines);
        GenerationOptions samples =
                GenerationOptions.greedy(12).withTemperature(1).withSeed(5).withNumSamples(SAMPLES);
        options = new SamplingOptions(prompts, folder.resolve("out"), folder, 1000, 0, samples, Ranks.single());
    }

    private record Outcome(SamplingReport report, Map<String, Integer> retries) {}

    private Outcome run(BiFunction<JsonNode, Integer, Mood> moods) {
        try (UnreliableServer server = new UnreliableServer(moods);
                EndpointGenerator generator = EndpointGenerator.open(EndpointOptions.of(server.url())
                        .withConcurrency(16)
                        .withPatience(4, Duration.ofSeconds(2), Duration.ofMillis(2), Duration.ofMillis(20)))) {
            SamplingReport report =
                    SamplingJob.correctness(options, PromptVersion.EN).run(generator, new SamplingListener() {});
            return new Outcome(report, generator.retries());
        }
    }

    private Set<String> samples() throws IOException {
        Set<String> samples = new HashSet<>();
        for (String line : Files.readAllLines(options.output())) {
            JsonNode row = JSON.readTree(line);
            String key =
                    row.get("question_orig").asText() + "/" + row.get("sample").asInt();
            assertThat(samples.add(key)).as("twice: " + key).isTrue();
            assertThat(row.get("response").asText())
                    .startsWith("re: Your task")
                    .contains(row.get("question_orig").asText());
        }
        return samples;
    }

    @Test
    void noRowIsLostAndWhatWentWrongIsCounted() throws IOException {
        Outcome outcome = run((request, before) -> {
            int start = Math.floorMod(request.toString().hashCode(), FAILURES.size());
            return before < 1 + start % 3 ? FAILURES.get((start + before) % FAILURES.size()) : Mood.WELL;
        });

        assertThat(outcome.report().isComplete()).isTrue();
        assertThat(outcome.report().written()).isEqualTo(ROWS * SAMPLES);
        assertThat(samples()).hasSize(ROWS * SAMPLES);
        assertThat(options.failures()).doesNotExist();
        assertThat(outcome.retries().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .isGreaterThan(ROWS);
    }

    @Test
    void rowsThatAServerNeverAnswersAreNamedAndMadeUpForByTheNextRun() throws IOException {
        Outcome outcome = run((request, before) -> {
            String prompt = request.path("messages").path(0).path("content").asText();
            return prompt.contains(" 7 plus") ? Mood.GARBAGE : prompt.contains(" 11 plus") ? Mood.HALF : Mood.WELL;
        });

        assertThat(outcome.report().isComplete()).isFalse();
        assertThat(outcome.report().failed()).isEqualTo(2 * SAMPLES);
        assertThat(samples()).hasSize((ROWS - 2) * SAMPLES);
        assertThat(Files.readAllLines(options.failures()))
                .hasSize(2 * SAMPLES)
                .anyMatch(line -> line.contains("sums.jsonl:8, sample 0") && line.contains("expected JSON"))
                .anyMatch(line -> line.contains("sums.jsonl:12, sample 2") && line.contains("attempt 4 of 4"));

        SamplingReport second = run((request, before) -> Mood.WELL).report();
        assertThat(second.isComplete()).isTrue();
        assertThat(second.before()).isEqualTo((ROWS - 2) * SAMPLES);
        assertThat(second.written()).isEqualTo(2 * SAMPLES);
        assertThat(samples()).hasSize(ROWS * SAMPLES);
        assertThat(options.failures()).doesNotExist();
    }
}
