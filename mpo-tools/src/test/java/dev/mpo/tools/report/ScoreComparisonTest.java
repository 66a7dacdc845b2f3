package dev.mpo.tools.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreComparisonTest {

    @TempDir
    Path folder;

    private Path meta = Path.of("");
    private Path runDir = Path.of("");

    @BeforeEach
    void writeDataSets() throws IOException {
        runDir = Files.createDirectories(folder.resolve("run"));
        Files.createDirectories(folder.resolve("images"));
        meta = folder.resolve("meta.json");
        Files.writeString(meta, "{" + entry("a") + "," + entry("b") + "}");
        Files.writeString(folder.resolve("a.jsonl"), row("1.png", "first?") + row("2.png", "second?"));
        Files.writeString(
                folder.resolve("b.jsonl"), "{\"question\":\"third?\",\"chosen\":\"yes\",\"rejected\":\"no\"}\n");
    }

    @Test
    void accuraciesAndMarginsAreMeansOverThePairs() throws IOException {
        // before: a0 ranks wrong, a1 right, b0 a tie. after: a0 right, a1 right, b0 wrong with margin -0.3
        Path before = scores("before", line("a", 0, -5, -4, 0), line("a", 1, -4, -5, 0), line("b", 0, -3, -3, 0));
        Path after = scores("after", line("a", 0, -1, -7, 0.7), line("a", 1, -2, -4, 0.2), line("b", 0, -5, -2, -0.3));
        Evaluation evaluation = ScoreComparison.compare(meta, before, after, runDir, 10);
        assertThat(evaluation.pairs()).isEqualTo(3);
        assertThat(evaluation.before()).isEqualTo(new Scores(1.0 / 3, 0, 0));
        assertThat(evaluation.after().accuracy()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(evaluation.after().rewardAccuracy()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(evaluation.after().margin()).isCloseTo(0.2, within(1e-12));
        assertThat(evaluation.datasets()).extracting(DatasetScores::dataset).containsExactly("a", "b");
        assertThat(evaluation.datasets().get(0).after().margin()).isCloseTo(0.45, within(1e-12));
    }

    @Test
    void examplesComeFromAllDataSetsAndIncludeTheWorst() throws IOException {
        Path before = scores("before", line("a", 0, -5, -4, 0), line("a", 1, -4, -5, 0), line("b", 0, -3, -3, 0));
        Path after = scores("after", line("a", 0, -1, -7, 0.7), line("a", 1, -2, -4, -0.9), line("b", 0, -5, -2, -0.3));
        Evaluation evaluation = ScoreComparison.compare(meta, before, after, runDir, 2);
        assertThat(evaluation.examples()).extracting(PairExample::question).containsExactly("first?", "second?");
        PairExample first = evaluation.examples().get(0);
        assertThat(first.images())
                .containsExactly(Path.of("..", "images", "1.png").toString());
        assertThat(first.before()).isEqualTo(new PairScore(-5, -4, 0));
        assertThat(first.after()).isEqualTo(new PairScore(-1, -7, 0.7));
    }

    @Test
    void filesOverDifferentPairsAreRefused() throws IOException {
        Path before = scores("before", line("a", 0, -5, -4, 0));
        Path after = scores("after", line("a", 1, -1, -7, 0.7));
        assertThatThrownBy(() -> ScoreComparison.compare(meta, before, after, runDir, 2))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("same pairs");
    }

    @Test
    void rowsWithoutScoresAreNamedByFileAndLine() throws IOException {
        Path before = scores("before", line("a", 0, -5, -4, 0), "{\"dataset\":\"a\",\"line\":1}");
        assertThatThrownBy(() -> ScoreComparison.compare(meta, before, before, runDir, 2))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("before.jsonl:2")
                .hasMessageContaining("policy_chosen_logps");
    }

    @Test
    void anotherMetaFileIsRefused() throws IOException {
        Path before = scores("before", line("z", 0, -5, -4, 0));
        assertThatThrownBy(() -> ScoreComparison.compare(meta, before, before, runDir, 2))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("'z'");
    }

    private Path scores(String name, String... lines) throws IOException {
        return Files.writeString(folder.resolve(name + ".jsonl"), String.join("\n", lines) + "\n");
    }

    private static String line(String dataset, int line, double chosen, double rejected, double margin) {
        return String.format(
                Locale.ROOT,
                "{\"dataset\":\"%s\",\"line\":%d,\"policy_chosen_logps\":%s,\"policy_rejected_logps\":%s,\"margin\":%s}",
                dataset,
                line,
                chosen,
                rejected,
                margin);
    }

    private static String entry(String name) {
        return "\"%s\":{\"root\":\"images\",\"annotation\":\"%s.jsonl\",\"repeat_time\":1}".formatted(name, name);
    }

    private static String row(String image, String question) {
        return "{\"image\":\"%s\",\"question\":\"%s\",\"chosen\":\"yes\",\"rejected\":\"no\"}%n"
                .formatted(image, question);
    }
}
