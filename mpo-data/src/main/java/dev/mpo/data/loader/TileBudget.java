package dev.mpo.data.loader;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * Bounds the memory of pairs that are decoded ahead of time.
 *
 * <p>A pair waits until its bytes fit, or until it is the one that is delivered next: that one never waits, so that
 * nothing can block for ever. At most the limit and one pair more are in use.
 */
final class TileBudget {

    private final long limit;
    private final Map<Long, Long> held = new HashMap<>();
    private long used;
    private long next;
    private boolean closed;

    TileBudget(long limit) {
        this.limit = limit;
    }

    /**
     * Waits for memory, in exchange for what the pair held before.
     *
     * @param index the pair's place in the order of delivery
     * @throws CancellationException if the budget is closed meanwhile
     */
    synchronized void reserve(long index, long bytes) {
        set(index, 0);
        while (!closed && index != next && used > 0 && used + bytes > limit) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
        if (closed) {
            throw new CancellationException("the loader was closed");
        }
        set(index, bytes);
    }

    /** Sets what a pair holds, now that it needs less. */
    synchronized void set(long index, long bytes) {
        Long before = bytes == 0 ? held.remove(index) : held.put(index, bytes);
        used += bytes - (before == null ? 0 : before);
        notifyAll();
    }

    /** Takes note that a pair is delivered, so that it counts no longer and the one after it is next. */
    synchronized void delivered(long index) {
        next = index + 1;
        set(index, 0);
    }

    /** Returns the bytes in use. */
    synchronized long used() {
        return used;
    }

    /** Ends all waiting. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
