package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.DataException;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.pair.CharacterTokenizer;
import dev.mpo.data.pair.EncodedPair;
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
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PairLoaderTest {

    private static final String BAD = "{\"question\": \"q\", oops";
    private static final int NO_LIMIT = 100_000;

    @TempDir
    private Path folder;

    private List<PairDataset> datasets = List.of();

    @AfterEach
    void closeDatasets() {
        datasets.forEach(PairDataset::close);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void pairsComeInTheOrderOfThePositionsWhateverTheNumberOfWorkers(int numWorkers) {
        open(rows("a", 7), rows("b", 5));
        SampleOrder order = SampleOrder.of(datasets, 3, true);
        List<String> expected = new ArrayList<>();
        for (int position = 0; position < 30; position++) {
            SampleRef ref = order.at(position);
            expected.add(datasets.get(ref.dataset()).name() + ref.row());
        }
        assertThat(load(order, LoaderOptions.of(numWorkers).withPositions(0, 30)))
                .isEqualTo(expected);
    }

    @Test
    void withoutShufflingPairsComeInFileOrder() {
        open(rows("a", 3), rows("b", 2));
        assertThat(load(SampleOrder.of(datasets, 0, false), LoaderOptions.of(1).withPositions(0, 7)))
                .containsExactly("a0", "a1", "a2", "b0", "b1", "a0", "a1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void ranksTakeTurns(int worldSize) {
        open(rows("a", 11));
        SampleOrder order = SampleOrder.of(datasets, 3, true);
        long end = 3L * worldSize;
        List<String> all = load(order, LoaderOptions.of(0).withPositions(0, end));
        for (int rank = 0; rank < worldSize; rank++) {
            List<String> turns = new ArrayList<>();
            for (int position = rank; position < end; position += worldSize) {
                turns.add(all.get(position));
            }
            assertThat(load(order, LoaderOptions.of(2).withRank(rank, worldSize).withPositions(0, end)))
                    .isEqualTo(turns);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8})
    void ranksThatAccumulateTakeTheMicroBatchesOfOneRankThatAccumulatesMore(int worldSize) {
        open(rows("a", 11));
        SampleOrder order = SampleOrder.of(datasets, 3, true);
        int pairs = 3;
        int steps = 2;
        int accumulation = 2;
        long end = (long) steps * accumulation * worldSize * pairs;
        List<String> all = load(order, LoaderOptions.of(0).withPositions(0, end));
        for (int rank = 0; rank < worldSize; rank++) {
            // One rank's micro-batch number n of a step is number n / worldSize of rank n % worldSize.
            List<String> turns = new ArrayList<>();
            for (int number = 0; number < steps * accumulation * worldSize; number++) {
                if (number % worldSize == rank) {
                    turns.addAll(all.subList(number * pairs, (number + 1) * pairs));
                }
            }
            assertThat(load(
                            order,
                            LoaderOptions.of(2).withRank(rank, worldSize, pairs).withPositions(0, end)))
                    .isEqualTo(turns);
        }
    }

    @Test
    void thereIsNoCursorAmidAMicroBatchOfSeveralRanks() {
        open(rows("a", 9));
        SampleOrder order = SampleOrder.of(datasets, 3, true);
        LoaderOptions options = LoaderOptions.of(1).withPositions(5, 29).withRank(1, 2, 3);
        try (PairLoader loader = start(order, options, NO_LIMIT, OnTooLong.CUT)) {
            assertThat(loader.cursor()).isEqualTo(5);
            loader.next();
            assertThatThrownBy(loader::cursor)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("after 1 pairs of a rank, amid a micro-batch of 3");
            loader.next();
            loader.next();
            assertThat(loader.cursor()).isEqualTo(11);
        }
        try (PairLoader only = start(order, options.withRank(0, 1, 3), NO_LIMIT, OnTooLong.CUT)) {
            only.next();
            assertThat(only.cursor()).isEqualTo(6);
        }
    }

    @Test
    void aRunResumesAtTheCursorWithAnotherNumberOfRanks() {
        open(rows("a", 9));
        SampleOrder order = SampleOrder.of(datasets, 3, true);
        List<String> uninterrupted = load(order, LoaderOptions.of(0).withPositions(0, 18));
        long cursor;
        try (PairLoader loader = start(order, LoaderOptions.of(2).withRank(1, 2), NO_LIMIT, OnTooLong.CUT)) {
            assertThat(loader.cursor()).isZero();
            loader.next();
            loader.next();
            loader.next();
            cursor = loader.cursor();
        }
        assertThat(cursor).isEqualTo(6);
        assertThat(load(order, LoaderOptions.of(1).withPositions(cursor, 18))).isEqualTo(uninterrupted.subList(6, 18));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void aBadRowIsReportedAndReplacedByTheSameRowEveryTime(int numWorkers) throws IOException {
        List<String> rows = rows("a", 10);
        rows.set(4, BAD);
        open(rows);
        SampleOrder order = SampleOrder.of(datasets, 3, false);
        Path report = folder.resolve("bad_samples.jsonl");
        LoaderOptions options = LoaderOptions.of(numWorkers)
                .withPositions(0, 20)
                .withBadSamples(OnBadSample.REPLACE, 0.1, 0)
                .withReport(report);
        List<String> loaded = load(order, options);
        assertThat(loaded).hasSize(20).doesNotContain("a4");
        assertThat(loaded.get(4)).isEqualTo("a" + order.replacement(4, 1).row());
        assertThat(loaded.get(14)).isEqualTo("a" + order.replacement(14, 1).row());

        List<String> lines = Files.readAllLines(report);
        JsonNode first = new JsonMapper().readTree(lines.get(0));
        assertThat(first.get("dataset").textValue()).isEqualTo("a");
        assertThat(first.get("line").intValue()).isEqualTo(4);
        assertThat(first.get("position").intValue()).isEqualTo(4);
        assertThat(first.get("kind").textValue()).isEqualTo("bad");
        assertThat(first.get("where").textValue()).isEqualTo(folder.resolve("a.jsonl") + ":5");
        assertThat(first.get("reason").textValue()).contains("a.jsonl:5:", "not valid JSON");
    }

    @Test
    void tooManyBadRowsStopTheRunWithTheirPlaces() {
        List<String> rows = rows("a", 10);
        rows.set(4, BAD);
        rows.set(6, "{\"image\": \"gone.png\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}");
        open(rows);
        SampleOrder order = SampleOrder.of(datasets, 3, false);
        LoaderOptions one = LoaderOptions.of(2).withBadSamples(OnBadSample.REPLACE, 0.01, 1);
        assertThatThrownBy(() -> load(order, one.withPositions(0, 10)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a.jsonl:5:")
                .hasMessageContaining("a.jsonl:7:")
                .hasMessageContaining("2 of 10 pairs cannot be used")
                .hasMessageContaining("at most 1 may be");
        assertThat(load(order, one.withPositions(0, 6))).hasSize(6);
    }

    @Test
    void byDefaultOnePercentOfTheRowsMayBeBad() {
        List<String> rows = rows("a", 100);
        rows.set(4, BAD);
        open(rows);
        SampleOrder order = SampleOrder.of(datasets, 3, false);
        // The same row in a second epoch is not counted again.
        assertThat(load(order, LoaderOptions.of(2).withPositions(0, 200))).hasSize(200);

        datasets.forEach(PairDataset::close);
        rows.set(5, BAD);
        open(rows);
        assertThatThrownBy(() -> load(order, LoaderOptions.of(2).withPositions(0, 100)))
                .isInstanceOf(DataException.class);
    }

    @Test
    void aBadRowStopsTheRunIfAskedTo() {
        List<String> rows = rows("a", 1000);
        rows.set(2, BAD);
        open(rows);
        LoaderOptions options = LoaderOptions.of(1).withBadSamples(OnBadSample.FAIL, 0.01, 0);
        try (PairLoader loader = start(SampleOrder.of(datasets, 3, false), options, NO_LIMIT, OnTooLong.CUT)) {
            loader.next();
            loader.next();
            assertThatThrownBy(loader::next).isInstanceOf(DataException.class).hasMessageContaining("a.jsonl:3:");
        }
    }

    @Test
    void rowsDroppedForTheirLengthAreReplacedWithoutCountingAsBad() {
        List<String> rows = rows("a", 6);
        rows.set(1, Workspace.textRow("x".repeat(500)));
        open(rows);
        try (PairLoader loader = start(
                SampleOrder.of(datasets, 3, false), LoaderOptions.of(1).withPositions(0, 6), 400, OnTooLong.DROP)) {
            List<Integer> lines = new ArrayList<>();
            loader.forEachRemaining(pair -> lines.add(pair.line()));
            assertThat(lines).hasSize(6).doesNotContain(1);
            assertThat(loader.stats().dropped()).isPositive();
            assertThat(loader.stats().bad()).isZero();
            assertThat(loader.stats().delivered()).isEqualTo(6);
        }
    }

    @Test
    void cutAnswersAreCounted() {
        List<String> rows = rows("a", 3);
        rows.set(1, "{\"question\": \"q\", \"chosen\": \"" + "x".repeat(500) + "\", \"rejected\": \"r\"}");
        open(rows);
        try (PairLoader loader = start(
                SampleOrder.of(datasets, 3, false), LoaderOptions.of(1).withPositions(0, 3), 400, OnTooLong.CUT)) {
            loader.forEachRemaining(pair -> {});
            assertThat(loader.stats()).isEqualTo(new LoaderStats(3, 0, 0, 1));
        }
    }

    @Test
    void refusedPairsStopTheRunEvenIfBadOnesAreReplaced() {
        open(List.of(Workspace.textRow("x".repeat(500))));
        try (PairLoader loader = start(SampleOrder.of(datasets, 3, false), LoaderOptions.of(1), 400, OnTooLong.FAIL)) {
            assertThatThrownBy(loader::next)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("the pair is too long");
        }
    }

    @Test
    void dataSetsOfNothingButBadRowsEndInAMessage() {
        open(List.of(BAD, BAD));
        LoaderOptions lenient = LoaderOptions.of(1).withBadSamples(OnBadSample.REPLACE, 1, 100);
        try (PairLoader loader = start(SampleOrder.of(datasets, 3, true), lenient, NO_LIMIT, OnTooLong.CUT)) {
            assertThatThrownBy(loader::next)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("no usable pair for position 0");
        }
    }

    @Test
    void theLoaderEndsAndClosesCleanly() throws InterruptedException {
        open(rows("a", 50));
        PairLoader loader = start(
                SampleOrder.of(datasets, 3, true), LoaderOptions.of(3).withPositions(0, 2), NO_LIMIT, OnTooLong.CUT);
        loader.next();
        assertThat(loader.hasNext()).isTrue();
        loader.next();
        assertThat(loader.hasNext()).isFalse();
        assertThatThrownBy(loader::next).isInstanceOf(NoSuchElementException.class);
        loader.close();

        PairLoader endless = start(SampleOrder.of(datasets, 3, true), LoaderOptions.of(3), NO_LIMIT, OnTooLong.CUT);
        endless.next();
        endless.close();
        assertThat(endless.hasNext()).isFalse();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("pair-loader")) {
                thread.join(10_000); // a pool has ended a moment before its threads have
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    private void open(List<String> rows) {
        open(rows, List.of());
    }

    private void open(List<String> rowsOfA, List<String> rowsOfB) {
        Workspace workspace = new Workspace(folder).dataset("a", rowsOfA);
        if (!rowsOfB.isEmpty()) {
            workspace.dataset("b", rowsOfB, Map.of());
        }
        datasets = workspace.open();
    }

    private static List<String> rows(String name, int count) {
        return new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> Workspace.textRow(name + i))
                .toList());
    }

    private List<String> load(SampleOrder order, LoaderOptions options) {
        List<String> loaded = new ArrayList<>();
        Consumer<EncodedPair> add = pair -> loaded.add(pair.dataset() + pair.line());
        try (PairLoader loader = start(order, options, NO_LIMIT, OnTooLong.CUT)) {
            loader.forEachRemaining(add);
        }
        return loaded;
    }

    private PairLoader start(SampleOrder order, LoaderOptions options, int limit, OnTooLong onTooLong) {
        PairEncoder encoder = PairEncoder.create(
                new CharacterTokenizer(),
                ChatTemplate.of("internvl2_5"),
                PairOptions.of(new TileOptions(28, 1, 6, true, true), 2, limit, onTooLong));
        return PairLoader.start(datasets, encoder, order, options);
    }
}
