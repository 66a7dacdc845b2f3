package dev.mpo.data.loader;

import dev.mpo.core.DataException;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.ImageWork;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the pairs of one rank in the order of a {@link SampleOrder}, encoded ahead of time by worker threads.
 *
 * <p>Ranks take micro-batches of {@code b} pairs in turn: pair {@code i} of micro-batch {@code j} of rank {@code r} of
 * {@code w} stands at position {@code start + (j w + r) b + i}. So {@code w} ranks that accumulate {@code a}
 * micro-batches per step train on the pairs that one rank with {@code a w} micro-batches has. The result depends on
 * neither the number of workers nor their speed: unusable rows are replaced by a rule of the order, and counted when
 * their turn comes. To resume, start another loader at {@link #cursor()}, with any number of ranks, and give it what
 * {@link LoaderHistory#merge} makes of the histories of all ranks. Use from one thread; after an exception only closing
 * makes sense.
 *
 * <p>Ranks that wish to stop together when too many rows are bad exchange {@link #newBad()} at moments of their choice
 * and pass what the others found to {@link #noteBad}.
 */
public final class PairLoader implements Iterator<EncodedPair>, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PairLoader.class);

    private final PairSource source;
    private final LoaderOptions options;
    private final Positions positions;
    private final boolean chosen;
    private final BadSampleCap cap;
    private final BadSampleReport report;
    private final @Nullable Prefetcher prefetcher;
    private long delivered;
    private long truncated;
    private boolean closed;

    private PairLoader(
            PairSource source, SampleOrder order, LoaderOptions options, Positions positions, boolean chosen) {
        this.source = source;
        this.options = options;
        this.positions = positions;
        this.chosen = chosen;
        this.cap = new BadSampleCap(options, order.size());
        this.report = BadSampleReport.open(options);
        this.prefetcher = options.numWorkers() == 0 ? null : new Prefetcher(source, positions, options);
    }

    /**
     * Starts loading, at once where there are worker threads.
     *
     * @param datasets borrowed, as the order counts them; must stay open until the loader is closed
     * @param encoder borrowed; must stay usable until the loader is closed
     */
    public static PairLoader start(
            List<PairDataset> datasets, PairEncoder encoder, SampleOrder order, LoaderOptions options) {
        PairSource source = new PairSource(datasets, encoder, order, options.onBadSample());
        return new PairLoader(source, order, options, Positions.ofRank(options), false);
    }

    /**
     * Starts loading chosen positions only, one after the other, whatever ranks and positions the options name. Such a
     * loader has no cursor.
     *
     * @param datasets as for {@link #start}
     * @param encoder as for {@link #start}
     * @param positions positions of the run, in the order in which their pairs are wanted
     */
    public static PairLoader startAt(
            List<PairDataset> datasets,
            PairEncoder encoder,
            SampleOrder order,
            LoaderOptions options,
            long[] positions) {
        PairSource source = new PairSource(datasets, encoder, order, options.onBadSample());
        return new PairLoader(source, order, options, Positions.of(positions), true);
    }

    /** Returns whether there is a position left for this rank. */
    @Override
    public boolean hasNext() {
        return !closed && positions.has(delivered);
    }

    /**
     * Returns the pair at this rank's next position, waiting for it if needed.
     *
     * @throws DataException if the run must stop: a row that the settings refuse, or too many bad rows
     * @throws dev.mpo.core.InterruptedRunException if the thread is interrupted while it waits
     * @throws NoSuchElementException if there is no position left
     */
    @Override
    public EncodedPair next() {
        if (!hasNext()) {
            throw new NoSuchElementException("all " + delivered + " pairs are delivered");
        }
        PairSource.Result result =
                prefetcher == null ? source.at(positions.at(delivered), ImageWork.INLINE) : prefetcher.next();
        for (UnusedRow row : result.unused()) {
            report.write(row);
            cap.add(row);
        }
        EncodedPair pair = result.pair();
        if (pair == null) {
            DataException failure = result.failure();
            throw failure == null ? new IllegalStateException("neither a pair nor a failure") : failure;
        }
        delivered++;
        noteTruncation(pair);
        return pair;
    }

    /**
     * Takes back a pair of this loader whose pixels nobody will look at again, so that their memory serves another
     * pair. Optional.
     */
    public void recycle(EncodedPair pair) {
        if (prefetcher != null) {
            prefetcher.recycle(pair);
        }
    }

    private void noteTruncation(EncodedPair pair) {
        if (pair.truncated()) {
            truncated++;
            if (Long.bitCount(truncated) == 1) {
                LOG.warn(
                        "answer cut at the length limit (number {}, as data.on_too_long=cut says): {}; raise"
                                + " data.max_seq_length to keep it whole",
                        truncated,
                        pair);
            }
        }
    }

    /**
     * Returns the position at which to start again when every rank has taken as many pairs as this one: what a
     * checkpoint stores. Pairs encoded ahead of time do not count. It is a position of the global order, the same on
     * all ranks.
     *
     * @throws IllegalStateException amid a micro-batch of one of several ranks, where no single position divides what
     *     is taken from what is not
     */
    public long cursor() {
        if (chosen) {
            throw new IllegalStateException("a loader of chosen positions has no cursor");
        }
        if (options.worldSize() > 1 && delivered % options.microBatch() != 0) {
            throw new IllegalStateException("asked for the cursor after " + delivered
                    + " pairs of a rank, amid a micro-batch of " + options.microBatch());
        }
        return options.start() + delivered * options.worldSize();
    }

    /** Returns what this loader has seen so far. */
    public LoaderStats stats() {
        return new LoaderStats(delivered, cap.bad(), cap.dropped(), truncated);
    }

    /** Returns this rank's part of what a checkpoint stores; see {@link LoaderHistory#merge}. */
    public LoaderHistory history() {
        return new LoaderHistory(cap.seen(), cap.dropped(), truncated);
    }

    /**
     * Counts on from what earlier loaders of the same run had seen; to be called on every rank before the first pair is
     * taken.
     *
     * @param history of all ranks together, whose number may have been another
     */
    public void restore(LoaderHistory history) {
        if (delivered > 0) {
            throw new IllegalStateException("restored after " + delivered + " pairs");
        }
        LoaderHistory own = history.ofRank(options.rank());
        cap.restore(own.bad(), own.dropped());
        truncated = own.truncated();
    }

    /** Returns the bad rows that this rank has come upon since the last call, each once. */
    public List<SampleRef> newBad() {
        return cap.newBad();
    }

    /**
     * Counts bad rows that other ranks have come upon, those that this rank knows already left out.
     *
     * @throws DataException if they are too many together
     */
    public void noteBad(Collection<SampleRef> rows) {
        cap.noteElsewhere(rows);
    }

    /** Stops the workers, waits for rows that are being encoded, and closes the report. */
    @Override
    public void close() {
        closed = true;
        if (prefetcher != null) {
            prefetcher.close();
        }
        report.close();
    }
}
