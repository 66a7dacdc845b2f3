package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.InterruptedRunException;
import dev.mpo.data.image.TileOptions;
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
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures through the loader: memory, its reuse, and augmentation, whatever the number of threads. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PrefetchTest {

    private static final int ROWS = 24;

    @TempDir
    private Path folder;

    private List<PairDataset> datasets = List.of();

    @BeforeEach
    void open() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            String images = i % 3 == 0 ? "[\"wide.png\", \"tall.png\", \"wide.png\"]" : "\"tall.png\"";
            String markers = i % 3 == 0 ? "<image><image><image>" : "";
            rows.add("{\"image\": " + images + ", \"question\": \"" + markers + i
                    + "\", \"chosen\": \"c\", \"rejected\": \"r\"}");
        }
        datasets = new Workspace(folder)
                .image("wide.png", 90, 40)
                .image("tall.png", 30, 70)
                .dataset("a", rows, Map.of("data_augment", true))
                .open();
    }

    @AfterEach
    void close() {
        datasets.forEach(PairDataset::close);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20_000, 1 << 20})
    void aBudgetOfAnySizeGivesTheSamePairs(long bytes) {
        List<byte[]> expected = load(LoaderOptions.of(0));
        for (int numWorkers : new int[] {1, 4}) {
            List<byte[]> loaded = load(LoaderOptions.of(numWorkers).withPrefetch(9, bytes));
            for (int i = 0; i < ROWS; i++) {
                assertThat(loaded.get(i)).as("row %d", i).isEqualTo(expected.get(i));
            }
        }
    }

    @Test
    void pixelArraysThatAreGivenBackAreUsedAgain() {
        Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        try (PairLoader loader = start(LoaderOptions.of(1).withPrefetch(1, 1 << 20))) {
            loader.forEachRemaining(pair -> {
                arrays.add(pair.tiles().pixels());
                loader.recycle(pair);
            });
        }
        assertThat(arrays).hasSizeLessThan(ROWS / 2);
    }

    @Test
    void aRunThatIsInterruptedWhileItWaitsEndsAsOneThatWasStopped() {
        try (PairLoader loader = start(LoaderOptions.of(1))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> loader.forEachRemaining(pair -> {})).isInstanceOf(InterruptedRunException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** Returns the pixels of all rows, and gives each pair back as the trainer does. */
    private List<byte[]> load(LoaderOptions options) {
        List<byte[]> pixels = new ArrayList<>();
        try (PairLoader loader = start(options)) {
            while (loader.hasNext()) {
                EncodedPair pair = loader.next();
                byte[] array = pair.tiles().pixels();
                pixels.add(Arrays.copyOf(array, array.length));
                loader.recycle(pair);
            }
        }
        assertThat(pixels).hasSize(ROWS);
        return pixels;
    }

    private PairLoader start(LoaderOptions options) {
        PairEncoder encoder = PairEncoder.create(
                new CharacterTokenizer(),
                ChatTemplate.of("internvl2_5"),
                PairOptions.of(new TileOptions(28, 1, 6, true, true), 2, 10_000, OnTooLong.CUT)
                        .withAugmentation(5));
        return PairLoader.start(datasets, encoder, SampleOrder.of(datasets, 3, true), options.withPositions(0, ROWS));
    }
}
