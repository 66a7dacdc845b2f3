package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.mpo.testkit.Mutations;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private static final int MAX_PAIRS = 4;
    private static final int MAX_TOKENS = 250;

    @TempDir
    private Path folder;

    private List<PairDataset> datasets = List.of();
    private OnTooLong onTooLong = OnTooLong.CUT;

    @AfterEach
    void closeDatasets() {
        datasets.forEach(PairDataset::close);
    }

    /** A part of a run between two interruptions: every rank takes a number of micro-batches. */
    private record Part(int ranks, int workers, int pairs, int microBatches) {

        static Part random(SplittableRandom random) {
            int ranks = random.nextInt(1, MAX_RANKS + 1);
            int pairs = random.nextInt(1, MAX_PAIRS + 1);
            return new Part(
                    ranks, random.nextInt(1, MAX_WORKERS + 1), pairs, random.nextInt(1, 2 + 60 / (ranks * pairs)));
        }
    }

    /** What a run delivered, by position, where it ended, and what it remembers. */
    private record Delivered(Map<Long, String> pairs, long cursor, LoaderHistory history) {}

    @RepeatedTest(8)
    void theSequenceDependsOnNeitherRanksNorWorkersNorInterruptions(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        open(random);
        onTooLong = random.nextBoolean() ? OnTooLong.CUT : OnTooLong.DROP;
        SampleOrder order = order(random);
        checkEachRowOncePerEpochAndRepeat(order);
        for (int round = 0; round < Mutations.rounds(EVERYDAY_ROUNDS); round++) {
            List<Part> parts = new ArrayList<>();
            long end = 0;
            while (end < Math.min(3 * order.size(), 300)) {
                Part part = Part.random(random);
                parts.add(part);
                end += (long) part.ranks() * part.pairs() * part.microBatches();
            }
            Delivered delivered = run(order, parts);
            assertThat(delivered.pairs()).hasSize((int) end);
            assertThat(delivered).as("%s", parts).isEqualTo(run(order, List.of(new Part(1, 0, 1, (int) end))));
        }
    }

    /** Goes on at the cursor after each part, with the histories of its ranks merged. */
    private Delivered run(SampleOrder order, List<Part> parts) {
        Map<Long, String> pairs = new HashMap<>();
        LoaderHistory history = LoaderHistory.NONE;
        long start = 0;
        for (Part part : parts) {
            List<LoaderHistory> histories = new ArrayList<>();
            Set<Long> cursors = new HashSet<>();
            for (int rank = 0; rank < part.ranks(); rank++) {
                // The end lies far behind the stop, so that there is something ahead that must not count.
                LoaderOptions options = LoaderOptions.of(part.workers())
                        .withPositions(start, 10_000)
                        .withRank(rank, part.ranks(), part.pairs())
                        .withBadSamples(OnBadSample.REPLACE, 1, 1000);
                try (PairLoader loader = PairLoader.start(datasets, encoder(), order, options)) {
                    loader.restore(history);
                    read(loader, part, start, rank, pairs);
                    histories.add(loader.history());
                    cursors.add(loader.cursor());
                }
            }
            history = LoaderHistory.merge(histories);
            start += (long) part.ranks() * part.pairs() * part.microBatches();
            assertThat(cursors).containsExactly(start);
        }
        return new Delivered(pairs, start, history);
    }

    private static void read(PairLoader loader, Part part, long start, int rank, Map<Long, String> pairs) {
        for (int j = 0; j < part.microBatches(); j++) {
            for (int i = 0; i < part.pairs(); i++) {
                EncodedPair pair = loader.next();
                long position = start + ((long) j * part.ranks() + rank) * part.pairs() + i;
                assertThat(pairs.put(position, pair.dataset() + pair.line())).isNull();
                loader.recycle(pair);
            }
        }
    }

    private PairEncoder encoder() {
        return PairEncoder.create(
                new CharacterTokenizer(),
                ChatTemplate.of("internvl2_5"),
                PairOptions.of(new TileOptions(28, 1, 6, true, true), 2, MAX_TOKENS, onTooLong));
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
