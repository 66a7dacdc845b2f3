package dev.mpo.data.loader;

import dev.mpo.data.image.PixelBuffers;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.ImageWork;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Finds pairs ahead of time and hands them out in order.
 *
 * <p>Pair threads read rows, wait for memory and make tokens; image threads, as many, read, decode and cut images. They
 * are two kinds because a pair may wait for another one's memory, which must not keep the images of that one from their
 * turn. Pairs are begun in their order, so the one to be delivered next is always under way.
 */
final class Prefetcher implements AutoCloseable {

    /** The share of the budget that may lie in arrays waiting for their next use. */
    private static final int IDLE_SHARE = 4;

    private final PairSource source;
    private final Positions positions;
    private final int numAhead;
    private final WorkerThreads pairThreads;
    private final WorkerThreads imageThreads;
    private final TileBudget budget;
    private final PixelBuffers buffers;
    private final ArrayDeque<Future<PairSource.Result>> ahead = new ArrayDeque<>();
    private long requested;
    private long taken;

    /** Starts at once. */
    Prefetcher(PairSource source, Positions positions, LoaderOptions options) {
        this.source = source;
        this.positions = positions;
        this.numAhead = options.prefetch();
        this.budget = new TileBudget(options.prefetchBytes());
        this.buffers = new PixelBuffers(options.prefetchBytes() / IDLE_SHARE);
        this.pairThreads = new WorkerThreads(options.numWorkers(), "pair-loader");
        this.imageThreads = new WorkerThreads(options.numWorkers(), "image-loader");
        request();
    }

    private void request() {
        while (ahead.size() < numAhead && positions.has(requested)) {
            long index = requested++;
            ahead.add(pairThreads.submit(() -> load(index)));
        }
    }

    private PairSource.Result load(long index) {
        PairSource.Result result = source.at(positions.at(index), new Work(index));
        EncodedPair pair = result.pair();
        budget.set(index, pair == null ? 0 : pair.tiles().pixels().length);
        return result;
    }

    /** Returns what the next position gave, waiting for it if needed. */
    PairSource.Result next() {
        Future<PairSource.Result> first = ahead.remove();
        request(); // before waiting, so that the threads never run dry
        PairSource.Result result = WorkerThreads.await(first);
        budget.delivered(taken++);
        return result;
    }

    /** Takes back the pixels of a pair that is no longer used. */
    void recycle(EncodedPair pair) {
        if (pair.tiles().count() > 0) {
            buffers.give(pair.tiles().pixels());
        }
    }

    /** Ends the threads, waiting for what is being read and decoded. */
    @Override
    public void close() {
        budget.close();
        ahead.forEach(future -> future.cancel(false));
        ahead.clear();
        pairThreads.close();
        imageThreads.close();
    }

    /** How the images of one pair are decoded. */
    private final class Work implements ImageWork {

        private final long index;

        Work(long index) {
            this.index = index;
        }

        @Override
        public void reserve(LongSupplier bytes) {
            budget.reserve(index, bytes.getAsLong());
        }

        @Override
        public PixelBuffers buffers() {
            return buffers;
        }

        @Override
        public <T> List<T> all(List<Supplier<T>> images) {
            return imageThreads.all(images);
        }
    }
}
