package dev.mpo.data.loader;

import dev.mpo.core.InterruptedRunException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that begin tasks in the order in which they are given. They are never interrupted, because that would close
 * the annotation file that they read; tasks not begun are cancelled instead.
 */
final class WorkerThreads implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerThreads.class);
    private static final long CLOSE_TIMEOUT_SECONDS = 60;

    private final ExecutorService pool;
    private volatile boolean closed;

    /** Creates up to {@code count} threads, as tasks come in. */
    WorkerThreads(int count, String name) {
        AtomicInteger number = new AtomicInteger();
        this.pool = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Adds a task. */
    <T> Future<T> submit(Callable<T> task) {
        return pool.submit(() -> {
            if (closed) {
                throw new CancellationException("the loader was closed");
            }
            return task.call();
        });
    }

    /**
     * Does tasks and waits for all of them; to be called from another thread than these.
     *
     * @return their results in order
     * @throws RuntimeException of the first task, in their order, that failed; those behind it may not be done
     */
    <T> List<T> all(List<Supplier<T>> tasks) {
        List<Future<T>> futures = new ArrayList<>();
        tasks.forEach(task -> futures.add(submit(task::get)));
        try {
            List<T> results = new ArrayList<>();
            futures.forEach(future -> results.add(await(future)));
            return results;
        } finally {
            futures.forEach(future -> future.cancel(false));
        }
    }

    /**
     * Waits for a result.
     *
     * @throws InterruptedRunException if the waiting thread is interrupted
     */
    static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedRunException("interrupted while waiting for a pair", e);
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

    /** Lets tasks end that have begun, and no others begin. */
    @Override
    public void close() {
        closed = true;
        pool.shutdown();
        try {
            if (!pool.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("loader threads are still busy after {} s; leaving them behind", CLOSE_TIMEOUT_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
