package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.data.image.TileOptions;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.OnTooLong;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.pair.WatchedTokenizer;
import dev.mpo.data.pair.Workspace;
import dev.mpo.data.text.ChatTemplate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How far the loader runs ahead of a slow run, and what becomes of its work when the run ends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackPressureTest {

    private static final int ROWS = 60;
    private static final Pattern ROW = Pattern.compile("row (\\d+)");

    @TempDir
    private Path folder;

    private final Set<Integer> begun = ConcurrentHashMap.newKeySet();
    private List<PairDataset> datasets = List.of();

    @BeforeEach
    void open() {
        List<String> rows = IntStream.range(0, ROWS)
                .mapToObj(i -> "{\"image\": \"a.png\", \"question\": \"row " + i
                        + "\", \"chosen\": \"c\", \"rejected\": \"r\"}")
                .toList();
        datasets = new Workspace(folder)
                .image("a.png", 60, 30)
                .dataset("a", rows, Map.of())
                .open();
    }

    @AfterEach
    void close() {
        datasets.forEach(PairDataset::close);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16})
    void noMoreThanThePrefetchIsBegunAheadOfTheRun(int numWorkers) throws InterruptedException {
        int ahead = 5;
        try (PairLoader loader = start(row -> {}, LoaderOptions.of(numWorkers).withPrefetch(ahead, 1 << 30))) {
            settle();
            assertThat(begun).isEqualTo(rowsBelow(ahead));
            for (int taken = 1; taken <= 10; taken++) {
                loader.next();
                settle();
                assertThat(begun).isEqualTo(rowsBelow(taken + ahead));
            }
        }
    }

    @Test
    void aSmallBudgetHoldsTheLoaderBackBeforeThePrefetchDoes() throws InterruptedException {
        long pair;
        try (PairLoader loader = start(row -> {}, LoaderOptions.of(0))) {
            pair = loader.next().tiles().pixels().length;
        }
        begun.clear();
        long decoded = 60 * 30 * 4;
        // Room for two pairs that are ready, and not for a third one while it is decoded.
        LoaderOptions options = LoaderOptions.of(4).withPrefetch(20, 2 * pair + decoded);
        try (PairLoader loader = start(row -> {}, options)) {
            settle();
            assertThat(begun).hasSizeBetween(1, 3);
            IntStream.range(0, 30).forEach(i -> loader.next());
            settle();
            assertThat(begun).hasSizeBetween(31, 33);
        }
    }

    @Test
    void closingCancelsWhatHasNotBegun() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        PairLoader loader = start(row -> await(gate), LoaderOptions.of(2).withPrefetch(20, 1 << 30));
        settle();
        assertThat(begun).hasSize(2); // one for each thread, both held up
        Thread closing = new Thread(loader::close);
        closing.start();
        closing.join(100);
        assertThat(closing.isAlive())
                .as("waits for rows that are being encoded")
                .isTrue();
        gate.countDown();
        closing.join();
        assertThat(begun).hasSize(2);
    }

    @Test
    void closingFreesPairsThatWaitForMemory() throws InterruptedException {
        PairLoader loader = start(row -> {}, LoaderOptions.of(4).withPrefetch(20, 1));
        settle();
        assertThat(begun).hasSizeLessThan(4);
        long started = System.nanoTime();
        loader.close();
        assertThat(System.nanoTime() - started).isLessThan(TimeUnit.SECONDS.toNanos(10));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void anUnexpectedFailureComesAtItsTurnWithTheRow(int numWorkers) {
        Consumer<Integer> defect = row -> {
            if (row == 7) {
                throw new IllegalStateException("broken");
            }
        };
        try (PairLoader loader = start(defect, LoaderOptions.of(numWorkers))) {
            for (int i = 0; i < 7; i++) {
                EncodedPair pair = loader.next();
                assertThat(pair.line()).isEqualTo(i);
            }
            assertThatThrownBy(loader::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a.jsonl:8: ")
                    .hasRootCauseMessage("broken");
        }
    }

    @Test
    void aLackOfMemoryIsNotHidden() {
        Consumer<Integer> lack = row -> {
            throw new OutOfMemoryError("no room");
        };
        try (PairLoader loader = start(lack, LoaderOptions.of(2))) {
            assertThatThrownBy(loader::next).isInstanceOf(OutOfMemoryError.class);
        }
    }

    private PairLoader start(Consumer<Integer> onRow, LoaderOptions options) {
        WatchedTokenizer tokenizer = new WatchedTokenizer(text -> {
            Matcher matcher = ROW.matcher(text);
            if (matcher.find()) {
                int row = Integer.parseInt(matcher.group(1));
                begun.add(row);
                onRow.accept(row);
            }
        });
        PairEncoder encoder = PairEncoder.create(
                tokenizer,
                ChatTemplate.of("internvl2_5"),
                PairOptions.of(new TileOptions(28, 1, 6, true, true), 2, 10_000, OnTooLong.CUT));
        return PairLoader.start(datasets, encoder, SampleOrder.of(datasets, 3, false), options.withPositions(0, ROWS));
    }

    /** Waits until no further row has been begun for a while. */
    private void settle() throws InterruptedException {
        int before = -1;
        while (before != begun.size() || begun.isEmpty()) {
            before = begun.size();
            Thread.sleep(150);
        }
    }

    private static Set<Integer> rowsBelow(int end) {
        return Set.copyOf(IntStream.range(0, end).boxed().toList());
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
