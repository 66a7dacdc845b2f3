package dev.mpo.data.stats;

import dev.mpo.core.DataException;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.pair.EncodeOutcome;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.pair.RowTiles;
import dev.mpo.data.sweep.RowSweep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Measures every row of some data sets on several threads, each row once and without regard to repeat_time. */
public final class DataStats {

    private final List<PairDataset> datasets;
    private final PairOptions options;
    private final @Nullable PairEncoder encoder;

    private DataStats(List<PairDataset> datasets, PairOptions options, @Nullable PairEncoder encoder) {
        this.datasets = datasets;
        this.options = options;
        this.encoder = encoder;
    }

    /** What is counted of a row; nothing is known of one that cannot be used. */
    private record Measured(int dataset, Optional<Size> size) {}

    private record Size(boolean video, int images, int longest, int chosen, int rejected, int tiles) {}

    /**
     * Measures all rows.
     *
     * @param options how images are cut into tiles
     * @param encoder encodes rows, uncut and without pixels; null counts characters in place of tokens
     */
    public static List<DatasetStats> run(
            List<PairDataset> datasets,
            PairOptions options,
            @Nullable PairEncoder encoder,
            int numWorkers,
            RowSweep.Progress progress) {
        DataStats stats = new DataStats(datasets, options, encoder);
        List<Tally> tallies = new ArrayList<>();
        datasets.forEach(dataset -> tallies.add(new Tally(dataset)));
        RowSweep.run(
                datasets,
                numWorkers,
                stats::measure,
                measured -> tallies.get(measured.dataset()).add(measured.size()),
                progress);
        return tallies.stream().map(Tally::finish).toList();
    }

    private Measured measure(int index, int row) {
        PairDataset dataset = datasets.get(index);
        try {
            PreferenceRow content = dataset.row(row);
            return new Measured(
                    index,
                    encoder == null
                            ? Optional.of(characters(dataset, content))
                            : tokens(encoder, dataset, row, content));
        } catch (DataException e) {
            return new Measured(index, Optional.empty());
        }
    }

    private Size characters(PairDataset dataset, PreferenceRow row) {
        int chosen = characters(row.chosen());
        int rejected = characters(row.rejected());
        return new Size(
                row.shownVideo() != null,
                row.images().size(),
                characters(row.question()) + Math.max(chosen, rejected),
                chosen,
                rejected,
                RowTiles.counted(dataset, row, options, 0).count());
    }

    private static int characters(String text) {
        return text.codePointCount(0, text.length());
    }

    private static Optional<Size> tokens(PairEncoder encoder, PairDataset dataset, int row, PreferenceRow content) {
        EncodeOutcome outcome = encoder.tryEncode(dataset, row, 0);
        if (outcome instanceof EncodeOutcome.Encoded encoded) {
            EncodedPair pair = encoded.pair();
            return Optional.of(new Size(
                    content.shownVideo() != null,
                    content.images().size(),
                    Math.max(pair.chosenIds().length, pair.rejectedIds().length),
                    pair.numChosenLabels(),
                    pair.numRejectedLabels(),
                    pair.numTiles()));
        }
        return Optional.empty();
    }

    private static final class Tally {

        private final PairDataset dataset;
        private long unusable;
        private final long[] rowsByImages = new long[3];
        private long videos;
        private long images;
        private final Histogram longest = new Histogram();
        private final Histogram chosen = new Histogram();
        private final Histogram rejected = new Histogram();
        private final Histogram tiles = new Histogram();

        Tally(PairDataset dataset) {
            this.dataset = dataset;
        }

        void add(Optional<Size> measured) {
            if (measured.isEmpty()) {
                unusable++;
                return;
            }
            Size size = measured.get();
            if (size.video()) {
                videos++;
            } else {
                rowsByImages[Math.min(2, size.images())]++;
            }
            images += size.images();
            longest.add(size.longest());
            chosen.add(size.chosen());
            rejected.add(size.rejected());
            tiles.add(size.tiles());
        }

        DatasetStats finish() {
            return new DatasetStats(
                    dataset.name(),
                    dataset.rowCount(),
                    dataset.pairsPerEpoch(),
                    unusable,
                    rowsByImages[0],
                    rowsByImages[1],
                    rowsByImages[2],
                    videos,
                    images,
                    longest,
                    chosen,
                    rejected,
                    tiles);
        }
    }
}
