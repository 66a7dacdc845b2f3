package dev.mpo.train.ranks;

import dev.mpo.core.MpoException;
import dev.mpo.core.RankFailedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The one thread that runs operations, in the order in which they are submitted; after a failure it runs no more. */
final class OperationThread implements AutoCloseable {

    private final ExecutorService executor;
    private volatile boolean failed;

    OperationThread(String name) {
        executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Appends an operation. */
    Work submit(String name, Runnable operation) {
        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> run(name, operation), executor);
        return () -> await(done);
    }

    private void run(String name, Runnable operation) {
        if (failed) {
            throw new RankFailedException(name + " did not start: an earlier operation failed", 1);
        }
        try {
            operation.run();
        } catch (RuntimeException | Error e) {
            failed = true;
            throw e;
        }
    }

    private static void await(CompletableFuture<Void> done) {
        try {
            done.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof MpoException failure) {
                throw failure;
            }
            throw new RankFailedException("an operation of several ranks failed: " + e.getCause(), 1, e.getCause());
        }
    }

    /** True once an operation has failed. */
    boolean failed() {
        return failed;
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
