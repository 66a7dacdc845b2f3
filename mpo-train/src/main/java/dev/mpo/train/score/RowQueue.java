package dev.mpo.train.score;

import dev.mpo.core.InterruptedRunException;
import dev.mpo.data.pair.EncodeOutcome;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The rows of some data sets in file order, each once, encoded ahead of use by a few threads. */
final class RowQueue implements AutoCloseable {

    private final List<PairDataset> datasets;
    private final PairEncoder encoder;
    private final ExecutorService workers;
    private final Queue<Future<EncodeOutcome>> ahead = new ArrayDeque<>();
    private final int capacity;
    private int dataset;
    private int row;

    /**
     * Starts encoding.
     *
     * @param numAhead how many rows are kept ready
     */
    RowQueue(List<PairDataset> datasets, PairEncoder encoder, int numWorkers, int numAhead) {
        this.datasets = datasets;
        this.encoder = encoder;
        this.capacity = Math.max(numAhead, numWorkers) + 1;
        this.workers = Executors.newFixedThreadPool(numWorkers, task -> {
            Thread thread = new Thread(task, "score-rows");
            thread.setDaemon(true);
            return thread;
        });
        fill();
    }

    private void fill() {
        while (ahead.size() < capacity && dataset < datasets.size()) {
            PairDataset source = datasets.get(dataset);
            if (row < source.rowCount()) {
                int next = row++;
                ahead.add(workers.submit(() -> encoder.tryEncode(source, next, 0)));
            } else {
                dataset++;
                row = 0;
            }
        }
    }

    /** Whether there are rows left. */
    boolean hasNext() {
        return !ahead.isEmpty();
    }

    /** Returns what became of the next row. */
    EncodeOutcome next() {
        try {
            return ahead.remove().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedRunException("scoring was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            fill();
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
        try {
            // The data sets may be closed next, which no thread must be reading then.
            if (!workers.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("a thread that encodes rows does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
