package dev.mpo.data.loader;

import dev.mpo.core.DataException;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the pairs of one rank in the order of a {@link SampleOrder}, encoded ahead of time by worker threads.
 *
 * <p>Rank {@code r} of {@code w} takes the positions {@code start + r, start + r + w, ..}. The result depends on
 * neither the number of workers nor their speed: unusable rows are replaced by a rule of the order, and counted when
 * their turn comes. To resume, start another loader at {@link #cursor()}, with any number of ranks. Use from one
 * thread; after an exception only closing makes sense.
 */
public final class PairLoader implements Iterator<EncodedPair>, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PairLoader.class);
    private static final long CLOSE_TIMEOUT_SECONDS = 60;

    private final PairSource source;
    private final LoaderOptions options;
    private final BadSampleCap cap;
    private final BadSampleReport report;
    private final @Nullable ExecutorService workers;
    private final long @Nullable [] chosenPositions;
    private final ArrayDeque<Future<PairSource.Result>> ahead = new ArrayDeque<>();
    private long requested;
    private long delivered;
    private long truncated;
    private volatile boolean closed;

    private PairLoader(PairSource source, SampleOrder order, LoaderOptions options, long @Nullable [] chosenPositions) {
        this.source = source;
        this.chosenPositions = chosenPositions;
        this.options = options;
        this.cap = new BadSampleCap(options, order.size());
        this.report = BadSampleReport.open(options.report());
        this.workers = options.numWorkers() == 0 ? null : startWorkers(options.numWorkers());
    }

    /**
     * Starts loading.
     *
     * @param datasets borrowed, as the order counts them; must stay open until the loader is closed
     * @param encoder borrowed; must stay usable until the loader is closed
     */
    public static PairLoader start(
            List<PairDataset> datasets, PairEncoder encoder, SampleOrder order, LoaderOptions options) {
        return new PairLoader(new PairSource(datasets, encoder, order, options.onBadSample()), order, options, null);
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
        return new PairLoader(source, order, options, positions.clone());
    }

    private static ExecutorService startWorkers(int count) {
        AtomicInteger number = new AtomicInteger();
        return Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "pair-loader-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Returns whether there is a position left for this rank. */
    @Override
    public boolean hasNext() {
        return !closed && hasPosition(delivered);
    }

    /**
     * Returns the pair at this rank's next position, waiting for it if needed.
     *
     * @throws DataException if the run must stop: a row that the settings refuse, or too many bad rows
     * @throws NoSuchElementException if there is no position left
     */
    @Override
    public EncodedPair next() {
        if (!hasNext()) {
            throw new NoSuchElementException("all " + delivered + " pairs are delivered");
        }
        PairSource.Result result = result();
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

    private PairSource.Result result() {
        ExecutorService pool = workers;
        if (pool == null) {
            return source.at(position(delivered));
        }
        Future<PairSource.Result> first = ahead.isEmpty() ? request(pool) : ahead.remove();
        // Before waiting, so that the workers never run dry.
        while (ahead.size() < options.prefetch() && hasPosition(requested)) {
            ahead.add(request(pool));
        }
        return await(first);
    }

    private Future<PairSource.Result> request(ExecutorService pool) {
        long position = position(requested++);
        return pool.submit(() -> load(position));
    }

    private PairSource.Result load(long position) {
        // Cooperative, because an interrupt would close the annotation file under the other workers.
        if (closed) {
            throw new CancellationException("the loader was closed");
        }
        return source.at(position);
    }

    private static PairSource.Result await(Future<PairSource.Result> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("interrupted while waiting for a pair");
            cancelled.initCause(e);
            throw cancelled;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RuntimeException runtime) {
                throw runtime;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a loader thread failed", e);
        }
    }

    private boolean hasPosition(long index) {
        return chosenPositions == null ? position(index) < options.end() : index < chosenPositions.length;
    }

    private long position(long index) {
        if (chosenPositions != null) {
            return chosenPositions[Math.toIntExact(index)];
        }
        return options.start() + options.rank() + index * options.worldSize();
    }

    /**
     * Returns the position at which to start again when every rank has taken as many pairs as this one: what a
     * checkpoint stores. Pairs encoded ahead of time do not count.
     */
    public long cursor() {
        if (chosenPositions != null) {
            throw new IllegalStateException("a loader of chosen positions has no cursor");
        }
        return options.start() + delivered * options.worldSize();
    }

    /** Returns what this loader has seen so far. */
    public LoaderStats stats() {
        return new LoaderStats(delivered, cap.bad(), cap.dropped(), truncated);
    }

    /** Returns what a checkpoint stores of what this loader has seen. */
    public LoaderHistory history() {
        return new LoaderHistory(cap.seen(), cap.dropped(), truncated);
    }

    /** Counts on from what an earlier loader of the same run had seen; to be called before the first pair is taken. */
    public void restore(LoaderHistory history) {
        if (delivered > 0) {
            throw new IllegalStateException("restored after " + delivered + " pairs");
        }
        cap.restore(history.bad(), history.dropped());
        truncated = history.truncated();
    }

    /** Stops the workers, waits for rows that are being encoded, and closes the report. */
    @Override
    public void close() {
        closed = true;
        ahead.forEach(future -> future.cancel(false));
        ahead.clear();
        ExecutorService pool = workers;
        if (pool != null) {
            pool.shutdown();
            awaitEnd(pool);
        }
        report.close();
    }

    private static void awaitEnd(ExecutorService pool) {
        try {
            if (!pool.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("loader threads are still busy after {} s; leaving them behind", CLOSE_TIMEOUT_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
