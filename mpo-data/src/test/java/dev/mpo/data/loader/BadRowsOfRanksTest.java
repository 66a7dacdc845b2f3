package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.DataException;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.pair.CharacterTokenizer;
import dev.mpo.data.pair.OnTooLong;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.pair.Workspace;
import dev.mpo.data.text.ChatTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What several ranks make of bad rows together. Rows 3, 10 and 17 of 100 are bad, in file order, on two ranks. */
class BadRowsOfRanksTest {

    private static final int ROWS = 100;

    @TempDir
    private Path folder;

    private List<PairDataset> datasets = List.of();

    @BeforeEach
    void open() {
        List<String> rows = new ArrayList<>(IntStream.range(0, ROWS)
                .mapToObj(i -> Workspace.textRow("a" + i))
                .toList());
        for (int bad : new int[] {3, 10, 17}) {
            rows.set(bad, "{\"\\ud800\": 1}");
        }
        datasets = new Workspace(folder).dataset("a", rows).open();
    }

    @AfterEach
    void close() {
        datasets.forEach(PairDataset::close);
    }

    @Test
    void theLimitIsThatOfTheRunAndReachedByAllTogether() {
        try (PairLoader first = start(0, 2, 0, 0.02);
                PairLoader second = start(1, 2, 0, 0.02)) {
            take(first, 8); // positions 0 to 14
            take(second, 8); // positions 1 to 15
            List<SampleRef> ofFirst = first.newBad();
            List<SampleRef> ofSecond = second.newBad();
            assertThat(ofFirst).containsExactly(new SampleRef(0, 10));
            assertThat(ofSecond).containsExactly(new SampleRef(0, 3));
            first.noteBad(ofSecond);
            second.noteBad(ofFirst);
            assertThat(first.newBad()).isEmpty();
            assertThat(first.stats().bad()).isEqualTo(2);

            take(first, 2);
            assertThatThrownBy(() -> take(second, 2)) // row 17 is the third
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("a.jsonl:18")
                    .hasMessageContaining("3 of 100 pairs cannot be used");
            assertThatThrownBy(() -> first.noteBad(second.newBad()))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("a.jsonl:11")
                    .hasMessageContaining("3 of 100 pairs cannot be used");
        }
    }

    @Test
    void aRowThatAnotherRankFoundInAnEarlierPartIsNotCountedAgain() {
        LoaderHistory history;
        try (PairLoader first = start(0, 2, 0, 0.5);
                PairLoader second = start(1, 2, 0, 0.5)) {
            take(first, 50);
            take(second, 50);
            history = LoaderHistory.merge(List.of(first.history(), second.history()));
        }
        assertThat(history.bad()).hasSize(3);
        try (PairLoader only = start(0, 1, 100, 0.5)) {
            only.restore(history);
            take(only, 50);
            assertThat(only.newBad()).isEmpty();
            assertThat(only.history()).isEqualTo(history);
        }
    }

    @Test
    void eachRankReportsToAFileOfItsOwn() throws IOException {
        try (PairLoader first = start(0, 2, 0, 0.5);
                PairLoader second = start(1, 2, 0, 0.5)) {
            take(first, 50);
            take(second, 50);
        }
        assertThat(positions("bad_samples.jsonl")).containsExactly(10);
        assertThat(positions("bad_samples.rank-1.jsonl")).containsExactly(3, 17);
    }

    @Test
    void goingOnLeavesOutWhatWasReportedBeyondTheStart() throws IOException {
        try (PairLoader first = start(0, 2, 0, 0.5);
                PairLoader second = start(1, 2, 0, 0.5)) {
            take(first, 50);
            take(second, 50);
        }
        Files.writeString(
                folder.resolve("bad_samples.rank-1.jsonl"),
                Files.readString(folder.resolve("bad_samples.rank-1.jsonl")) + "{\"posi");
        // The checkpoint is at position 8, and one rank goes on alone.
        try (PairLoader only = start(0, 1, 8, 0.5)) {
            take(only, 10);
        }
        assertThat(positions("bad_samples.rank-1.jsonl")).containsExactly(3);
        assertThat(positions("bad_samples.jsonl")).containsExactly(10, 17);
    }

    private List<Integer> positions(String file) throws IOException {
        List<Integer> positions = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(file))) {
            positions.add(new JsonMapper().readTree(line).get("position").intValue());
        }
        return positions;
    }

    private static void take(PairLoader loader, int count) {
        IntStream.range(0, count).forEach(i -> loader.next());
    }

    private PairLoader start(int rank, int ranks, long start, double maxBadFraction) {
        LoaderOptions options = LoaderOptions.of(2)
                .withRank(rank, ranks)
                .withPositions(start, 10_000)
                .withBadSamples(OnBadSample.REPLACE, maxBadFraction, 0)
                .withReport(folder.resolve("bad_samples.jsonl"));
        PairEncoder encoder = PairEncoder.create(
                new CharacterTokenizer(),
                ChatTemplate.of("internvl2_5"),
                PairOptions.of(new TileOptions(28, 1, 6, true, true), 2, 10_000, OnTooLong.CUT));
        return PairLoader.start(datasets, encoder, SampleOrder.of(datasets, 0, false), options);
    }
}
