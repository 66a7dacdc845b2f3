package dev.mpo.train.ranks;

import com.sun.jna.Pointer;
import dev.mpo.core.RankFailedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows operations on a CUDA stream: counts those that this rank has come to, frees their events, and notices those
 * in which it waits too long for the others, since no thread of the program waits for them.
 */
final class NcclWatchdog implements AutoCloseable {

    private static final long POLL_MILLIS = 5;
    private static final int IN_PROGRESS = 7;

    /** Told about an operation in which this rank waits too long. */
    interface OnStuck {
        void stuck(long operation, String name, Duration waited);
    }

    private final NcclLibrary library;
    private final int device;
    private final Pointer communicator;
    private final OperationTrack track;
    private final Duration timeout;
    private final OnStuck onStuck;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private volatile @Nullable RankFailedException failure;
    private volatile boolean closed;

    NcclWatchdog(
            NcclLibrary library,
            int device,
            Pointer communicator,
            OperationTrack track,
            Duration timeout,
            OnStuck onStuck) {
        this.library = library;
        this.device = device;
        this.communicator = communicator;
        this.track = track;
        this.timeout = timeout;
        this.onStuck = onStuck;
        Thread thread = new Thread(this::watch, "nccl-watchdog");
        thread.setDaemon(true);
        thread.start();
    }

    /** An operation under way, with the event of its end until that has happened. */
    static final class Pending {

        private final String name;
        private @Nullable Pointer started;
        private @Nullable Pointer done;

        private Pending(String name, Pointer started, Pointer done) {
            this.name = name;
            this.started = started;
            this.done = done;
        }

        /** Uses the event of the operation's end, unless it has happened. */
        synchronized void use(Consumer<Pointer> user) {
            if (done != null) {
                user.accept(done);
            }
        }
    }

    /** Follows one more operation; both events become the watchdog's. */
    Pending follow(String name, Pointer started, Pointer done) {
        Pending operation = new Pending(name, started, done);
        synchronized (pending) {
            pending.addLast(operation);
        }
        return operation;
    }

    /** Returns why operations cannot go on, or null. */
    @Nullable RankFailedException failure() {
        return failure;
    }

    /** Throws if operations cannot go on. */
    void requireSound() {
        RankFailedException known = failure;
        if (known != null) {
            throw new RankFailedException(String.valueOf(known.getMessage()), known.exitCode(), known);
        }
    }

    private void watch() {
        try {
            library.setDevice(device);
            while (!closed) {
                Pending first = oldest();
                if (first == null || !advance(first)) {
                    Thread.sleep(POLL_MILLIS);
                }
            }
        } catch (RankFailedException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Pending oldest() {
        synchronized (pending) {
            return pending.peekFirst();
        }
    }

    /** Looks at the oldest operation; returns true if it is over. */
    private boolean advance(Pending operation) {
        int error = NcclCollectives.asyncError(library.nccl(), communicator);
        if (error != 0 && error != IN_PROGRESS) {
            throw NcclCollectives.failed(
                    "NCCL failed in " + operation.name + ": " + library.nccl().ncclGetErrorString(error));
        }
        synchronized (operation) {
            if (operation.started != null && library.happened(operation.started)) {
                library.destroy(operation.started);
                operation.started = null;
                track.come(operation.name);
            }
            if (operation.started == null && operation.done != null && library.happened(operation.done)) {
                library.destroy(operation.done);
                operation.done = null;
                track.pass();
            }
        }
        if (operation.done == null) {
            synchronized (pending) {
                pending.removeFirst();
            }
            return true;
        }
        if (operation.started == null && System.nanoTime() - track.place().sinceNanos() > timeout.toNanos()) {
            onStuck.stuck(track.place().arrived(), operation.name, timeout);
            throw NcclCollectives.failed("waited " + timeout.toSeconds() + " s for the others in " + operation.name);
        }
        return false;
    }

    @Override
    public void close() {
        closed = true;
    }
}
