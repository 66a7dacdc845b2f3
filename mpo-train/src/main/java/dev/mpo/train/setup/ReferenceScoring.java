package dev.mpo.train.setup;

import dev.mpo.data.loader.PairLoader;
import dev.mpo.data.loader.SampleOrder;
import dev.mpo.data.loader.SampleRef;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.reference.LogpsCache;
import dev.mpo.train.step.BatchPacker;
import dev.mpo.train.step.PackedPairs;
import dev.mpo.train.step.PairLogps;
import dev.mpo.train.step.ReferenceModel;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes the log-probabilities of all rows that a run will use and that a cache lacks.
 *
 * <p>Every row is scored once and alone, so that its numbers depend on nothing but itself: with one pair per
 * micro-batch they are bit for bit what a live reference would compute, with several they differ by the rounding of
 * matrix products of another size. Memory is that of one pair.
 */
final class ReferenceScoring {

    private static final Logger LOG = LoggerFactory.getLogger(ReferenceScoring.class);

    private final PairData data;
    private final SampleOrder order;
    private final long end;
    private final LogpsCache cache;
    private final Set<SampleRef> unusable = new HashSet<>();

    /**
     * Prepares the computation.
     *
     * @param order the order of the run
     * @param end number of positions of the run
     */
    ReferenceScoring(PairData data, SampleOrder order, long end, LogpsCache cache) {
        this.data = data;
        this.order = order;
        this.end = end;
        this.cache = cache;
    }

    /** Returns the first position of each due row that is not cached, in order. */
    long[] missing() {
        Map<Integer, BitSet> seen = new HashMap<>(); // a bit per row, because there may be millions
        return positions(position -> {
            SampleRef due = order.at(position);
            BitSet rows = seen.computeIfAbsent(due.dataset(), dataset -> new BitSet());
            boolean first = !rows.get(due.row());
            rows.set(due.row());
            return first && !cache.contains(due);
        });
    }

    private long[] positions(LongPredicate wanted) {
        return LongStream.range(0, end).filter(wanted).toArray();
    }

    /**
     * Scores the missing rows and, where rows are unusable, those that take their places.
     *
     * @param missing what {@link #missing()} returned
     */
    void run(long[] missing, ReferenceModel reference, BatchPacker packer, ReferenceProgress progress) {
        LOG.info(
                "computing the reference's log-probabilities of {} pairs ({} are known) for {}",
                missing.length,
                cache.size(),
                cache.file());
        long started = System.nanoTime();
        score(missing, reference, packer, progress);
        score(furtherSubstitutes(), reference, packer, (n, total) -> {});
        LOG.info(
                "reference log-probabilities of {} rows in {}, {} s",
                cache.size(),
                cache.file(),
                "%.1f".formatted((System.nanoTime() - started) / 1e9));
    }

    /** A row that is unusable at its first position is so at the others, each of which has a substitute of its own. */
    private long[] furtherSubstitutes() {
        if (unusable.isEmpty()) {
            return new long[0];
        }
        Set<SampleRef> seen = new HashSet<>();
        return positions(position -> {
            SampleRef due = order.at(position);
            return unusable.contains(due) && !seen.add(due);
        });
    }

    private void score(long[] positions, ReferenceModel reference, BatchPacker packer, ReferenceProgress progress) {
        try (PairLoader loader = data.load(order, positions)) {
            for (int i = 0; i < positions.length; i++) {
                EncodedPair pair = loader.next();
                SampleRef ref = new SampleRef(data.indexOf(pair.dataset()), pair.line());
                SampleRef due = order.at(positions[i]);
                if (!ref.equals(due)) {
                    unusable.add(due);
                }
                if (!cache.contains(ref)) {
                    List<EncodedPair> pairs = List.of(pair);
                    PackedPairs packed = packer.pack(pairs);
                    PairLogps logps = reference.logps(pairs, packed);
                    cache.add(ref, pair, logps.chosen()[0], logps.rejected()[0]);
                }
                progress.update(i + 1L, positions.length);
            }
        }
    }
}
