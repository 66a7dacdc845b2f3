package dev.mpo.data.sweep;

import dev.mpo.core.InterruptedRunException;
import dev.mpo.data.pair.PairDataset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Applies a function to every row of some data sets on several threads and delivers the results in file order, each row
 * once and without regard to {@code repeat_time}.
 *
 * <p>Rows are handed out in blocks and only a few blocks are under way, so that memory does not grow with the data.
 */
public final class RowSweep {

    private static final int BLOCK_ROWS = 64;
    private static final int BLOCKS_AHEAD_PER_WORKER = 4;

    private RowSweep() {}

    /** What is done with a row, on several threads at once. */
    @FunctionalInterface
    public interface RowFunction<R> {

        /**
         * Returns what became of a row.
         *
         * @param dataset the 0-based place of the data set in the list
         * @param row the 0-based line
         */
        R apply(int dataset, int row);
    }

    /** Told how far the sweep has come. */
    @FunctionalInterface
    public interface Progress {

        /** Called on the calling thread after every block of rows. */
        void at(long rowsDone, long rowsTotal);
    }

    /**
     * Sweeps over all rows and returns when the last result has been taken.
     *
     * @param numWorkers how many threads apply the function
     * @param sink takes the results in file order on the calling thread
     * @throws RuntimeException what the function or the sink threw first, in file order
     */
    public static <R> void run(
            List<PairDataset> datasets, int numWorkers, RowFunction<R> function, Consumer<R> sink, Progress progress) {
        long total = datasets.stream().mapToLong(PairDataset::rowCount).sum();
        long done = 0;
        ExecutorService workers = Executors.newFixedThreadPool(numWorkers, task -> {
            Thread thread = new Thread(task, "row-sweep");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Queue<Future<List<R>>> ahead = new ArrayDeque<>();
            for (int dataset = 0; dataset < datasets.size(); dataset++) {
                int rows = datasets.get(dataset).rowCount();
                for (int from = 0; from < rows; from += BLOCK_ROWS) {
                    int index = dataset;
                    int first = from;
                    int end = Math.min(rows, from + BLOCK_ROWS);
                    ahead.add(workers.submit(() -> block(function, index, first, end)));
                    if (ahead.size() > numWorkers * BLOCKS_AHEAD_PER_WORKER) {
                        done += take(ahead.remove(), sink);
                        progress.at(done, total);
                    }
                }
            }
            while (!ahead.isEmpty()) {
                done += take(ahead.remove(), sink);
                progress.at(done, total);
            }
        } finally {
            // Threads are not interrupted, because that would close the annotation files under them.
            workers.shutdown();
        }
    }

    private static <R> List<R> block(RowFunction<R> function, int dataset, int first, int end) {
        List<R> results = new ArrayList<>(end - first);
        for (int row = first; row < end; row++) {
            results.add(function.apply(dataset, row));
        }
        return results;
    }

    private static <R> int take(Future<List<R>> block, Consumer<R> sink) {
        List<R> results;
        try {
            results = block.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedRunException("reading the rows was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
        results.forEach(sink);
        return results.size();
    }
}
