package dev.mpo.core;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A wait for something outside of this process that may take long without being a failure, and that has a limit of its
 * own: data on their way to a disk, a server's answer, a lock that another program holds. While any is open, a run of
 * several ranks does not take this process for one that hangs.
 *
 * <p>What a process waits for is a property of the process, as its threads are, so the count of open waits is one of
 * the few values that belong to no object.
 */
public final class LongWait implements AutoCloseable {

    private static final AtomicInteger OPEN = new AtomicInteger();

    private final AtomicBoolean closed = new AtomicBoolean();

    private LongWait() {}

    /** Opens a wait. The caller closes it when the wait is over, whatever came of it. */
    public static LongWait begin() {
        OPEN.incrementAndGet();
        return new LongWait();
    }

    /** Returns whether any wait of this process is open. */
    public static boolean anyOpen() {
        return OPEN.get() > 0;
    }

    /** Ends the wait; closing twice is harmless. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            OPEN.decrementAndGet();
        }
    }
}
