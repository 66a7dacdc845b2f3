package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.fuzz.Mutations;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.length.RowLengths;
import dev.mpo.data.pair.CharacterTokenizer;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.OnTooLong;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.pair.Workspace;
import dev.mpo.data.text.ChatTemplate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random mixtures read by random numbers of ranks and workers that stop and go on at random points: always the same
 * global sequence, with the same account of bad rows.
 */
class LoaderSequenceTest {

    private static final String BAD = "{\"question\": \"q\", oops";
    private static final int EVERYDAY_ROUNDS = 2;
    private static final int MAX_RANKS = 8;
    private static final int MAX_WORKERS = 16;
    private static final int MAX_TOKENS = 250;

    @TempDir
    private Path folder;

    private List<PairDataset> datasets = List.of();
    private OnTooLong onTooLong = OnTooLong.CUT;

    @AfterEach
    void closeDatasets() {
        datasets.forEach(PairDataset::close);
    }

    /** What a run delivered, by position, and what it remembers. */
    private record Delivered(Map<Long, String> pairs, LoaderHistory history) {}

    @RepeatedTest(8)
    void theSequenceDependsOnNeitherRanksNorWorkersNorInterruptions(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        open(random);
        onTooLong = random.nextBoolean() ? OnTooLong.CUT : OnTooLong.DROP;
        SampleOrder order = order(random);
        long end = Math.min(3 * order.size(), 300);
        Delivered expected = run(order, List.of(end), List.of(1), List.of(0));
        assertThat(expected.pairs()).hasSize((int) end);
        checkEachRowOncePerEpochAndRepeat(order);
        for (int round = 0; round < Mutations.rounds(EVERYDAY_ROUNDS); round++) {
            List<Long> stops = new ArrayList<>();
            List<Integer> ranks = new ArrayList<>();
            List<Integer> workers = new ArrayList<>();
            for (long at = 0; at < end; at = stops.get(stops.size() - 1)) {
                ranks.add(random.nextInt(1, MAX_RANKS + 1));
                workers.add(random.nextInt(1, MAX_WORKERS + 1));
                stops.add(Math.min(end, at + random.nextInt(1, 60)));
            }
            Delivered delivered = run(order, stops, ranks, workers);
            assertThat(delivered.pairs())
                    .as("stops %s, ranks %s, workers %s", stops, ranks, workers)
                    .isEqualTo(expected.pairs());
            assertThat(delivered.history()).isEqualTo(expected.history());
        }
    }

    /** Runs from stop to stop, each time with all ranks of a number and their histories merged in between. */
    private Delivered run(SampleOrder order, List<Long> stops, List<Integer> ranks, List<Integer> workers) {
        Map<Long, String> pairs = new HashMap<>();
        LoaderHistory history = LoaderHistory.NONE;
        long start = 0;
        for (int i = 0; i < stops.size(); i++) {
            List<LoaderHistory> histories = new ArrayList<>();
            for (int rank = 0; rank < ranks.get(i); rank++) {
                // The end lies far behind the stop, so that there is something ahead that must not count.
                LoaderOptions options = LoaderOptions.of(workers.get(i))
                        .withPositions(start, 10_000)
                        .withRank(rank, ranks.get(i))
                        .withBadSamples(OnBadSample.REPLACE, 1, 1000);
                histories.add(readUntil(stops.get(i), order, options, history, pairs));
            }
            history = LoaderHistory.merge(histories);
            start = stops.get(i);
        }
        return new Delivered(pairs, history);
    }

    private LoaderHistory readUntil(
            long stop, SampleOrder order, LoaderOptions options, LoaderHistory history, Map<Long, String> pairs) {
        PairEncoder encoder = PairEncoder.create(
                new CharacterTokenizer(),
                ChatTemplate.of("internvl2_5"),
                PairOptions.of(new TileOptions(28, 1, 6, true, true), 2, MAX_TOKENS, onTooLong));
        try (PairLoader loader = PairLoader.start(datasets, encoder, order, options)) {
            loader.restore(history);
            for (long at = options.start() + options.rank(); at < stop; at += options.worldSize()) {
                EncodedPair pair = loader.next();
                String before = pairs.put(at, pair.dataset() + pair.line());
                assertThat(before).isNull();
                loader.recycle(pair);
            }
            return loader.history();
        }
    }

    private void checkEachRowOncePerEpochAndRepeat(SampleOrder order) {
        for (long epoch = 0; epoch < 2; epoch++) {
            Map<SampleRef, Integer> counts = new HashMap<>();
            for (long position = 0; position < order.size(); position++) {
                counts.merge(order.at(epoch, position), 1, Integer::sum);
            }
            for (int i = 0; i < datasets.size(); i++) {
                int dataset = i;
                double times = datasets.get(i).entry().repeatTime();
                List<Integer> rows = IntStream.range(0, datasets.get(i).rowCount())
                        .map(row -> counts.getOrDefault(new SampleRef(dataset, row), 0))
                        .boxed()
                        .toList();
                if (times >= 1) {
                    assertThat(rows).allMatch(count -> count == (int) times);
                } else {
                    assertThat(rows).allMatch(count -> count <= 1);
                    assertThat(rows.stream().mapToInt(count -> count).sum()).isEqualTo((int) (rows.size() * times));
                }
            }
        }
    }

    private SampleOrder order(SplittableRandom random) {
        long seed = random.nextLong();
        return switch (random.nextInt(3)) {
            case 0 -> SampleOrder.of(datasets, seed, false);
            case 1 -> SampleOrder.of(datasets, seed, true);
            default -> SampleOrder.grouped(datasets, seed, RowLengths.ofText(datasets), random.nextInt(1, 5));
        };
    }

    private void open(SplittableRandom random) {
        Workspace workspace = new Workspace(folder).image("a.png", 60, 30);
        double[] repeats = {0.3, 0.75, 1, 2, 3.9};
        for (int i = 0; i < 3; i++) {
            String name = String.valueOf((char) ('a' + i));
            List<String> rows = new ArrayList<>();
            int count = random.nextInt(5, 40);
            for (int row = 0; row < count; row++) {
                rows.add(row(random, name + row));
            }
            rows.set(0, Workspace.textRow(name)); // so that no data set is without a good row
            workspace.dataset(name, rows, Map.of("repeat_time", repeats[random.nextInt(repeats.length)]));
        }
        datasets = workspace.open();
    }

    private static String row(SplittableRandom random, String name) {
        return switch (random.nextInt(12)) {
            case 0 -> BAD;
            case 1 -> "{\"image\": \"gone.png\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}";
            case 2, 3 ->
                "{\"image\": [\"a.png\", \"a.png\"], \"question\": \"<image><image>" + name
                        + "\", \"chosen\": \"c\", \"rejected\": \"r\"}";
            case 4 -> "{\"question\": \"q\", \"chosen\": \"" + "x".repeat(MAX_TOKENS) + "\", \"rejected\": \"r\"}";
            default -> Workspace.textRow(name + "y".repeat(random.nextInt(60)));
        };
    }
}
