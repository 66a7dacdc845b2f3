package dev.mpo.data.length;

import dev.mpo.core.DataException;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.jsonl.RowNumbers;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.pair.RowTiles;
import dev.mpo.data.sweep.RowSweep;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Estimated tokens, found by reading every row and the header of every image once. */
final class TileLengths implements RowLengths {

    private static final Logger LOG = LoggerFactory.getLogger(TileLengths.class);
    private static final int BYTES_PER_TOKEN = 4;
    private static final long LOG_INTERVAL_NANOS = 10_000_000_000L;

    private final List<RowNumbers> lengths;

    private TileLengths(List<RowNumbers> lengths) {
        this.lengths = lengths;
    }

    static TileLengths of(List<PairDataset> datasets, PairOptions options) {
        List<RowNumbers> lengths = new ArrayList<>();
        for (PairDataset dataset : datasets) {
            lengths.add(RowNumbers.of(dataset.file(), key(dataset, options), sink -> measure(dataset, options, sink)));
        }
        return new TileLengths(lengths);
    }

    /** Everything that lengths depend on besides the rows. */
    private static String key(PairDataset dataset, PairOptions options) {
        TileOptions tiles = options.tiles();
        CRC32C hash = new CRC32C();
        String all = String.join(
                "\n",
                dataset.entry().root().toString(),
                dataset.pathMap().prefixes().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .toList()
                        .toString(),
                dataset.entry().maxDynamicPatch().toString(),
                tiles.toString(),
                options.videos().minFrames() + " to " + options.videos().maxFrames() + " frames",
                String.valueOf(options.imageTokensPerTile()));
        hash.update(all.getBytes(StandardCharsets.UTF_8));
        return "lengths-%08x".formatted(hash.getValue());
    }

    private static void measure(PairDataset dataset, PairOptions options, IntConsumer sink) {
        int rows = dataset.rowCount();
        LOG.info("measuring the {} rows of {} and their images, once, for data.group_by_length=tiles", rows, dataset);
        long[] told = {System.nanoTime()};
        RowSweep.Progress progress = (done, total) -> {
            if (System.nanoTime() - told[0] > LOG_INTERVAL_NANOS) {
                told[0] = System.nanoTime();
                LOG.info("{}: {} of {} rows measured", dataset, done, total);
            }
        };
        RowSweep.run(
                List.of(dataset),
                Runtime.getRuntime().availableProcessors(),
                (index, row) -> length(dataset, row, options),
                sink::accept,
                progress);
    }

    private static int length(PairDataset dataset, int row, PairOptions options) {
        PairOptions undrawn = options.withoutAugmentation(); // the largest number of frames of a video
        try {
            PreferenceRow content = dataset.row(row);
            long bytes = bytes(content.question()) + bytes(content.chosen()) + bytes(content.rejected());
            long tiles = RowTiles.counted(dataset, content, undrawn, 0).count();
            return (int) Math.min(Integer.MAX_VALUE, tiles * options.imageTokensPerTile() + bytes / BYTES_PER_TOKEN);
        } catch (DataException e) {
            // A bad row, which training will report.
            return (int) Math.min(Integer.MAX_VALUE, dataset.file().byteCount(row) / BYTES_PER_TOKEN);
        }
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public int of(int dataset, int row) {
        return lengths.get(dataset).of(row);
    }

    @Override
    public long checksum() {
        long sum = 0;
        for (RowNumbers numbers : lengths) {
            sum = 31 * sum + numbers.checksum();
        }
        return sum;
    }
}
