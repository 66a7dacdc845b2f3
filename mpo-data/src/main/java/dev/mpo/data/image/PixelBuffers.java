package dev.mpo.data.image;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Pixel arrays that are used again and again: arrays of megabytes are costly to make, to clear and to collect. Safe for
 * use by several threads.
 */
public final class PixelBuffers {

    private final long maxIdleBytes;
    private final ArrayDeque<byte[]> idle = new ArrayDeque<>(); // the one given last comes first
    private long idleBytes;

    /**
     * Creates an empty store.
     *
     * @param maxIdleBytes how many bytes may lie unused; the arrays that lie longest go first
     */
    public PixelBuffers(long maxIdleBytes) {
        this.maxIdleBytes = maxIdleBytes;
    }

    /** Returns a store that keeps nothing, so that every array is a new one. */
    public static PixelBuffers none() {
        return new PixelBuffers(0);
    }

    /** Returns an array of exactly this length; its content is whatever its last user left. */
    public synchronized byte[] take(int length) {
        for (Iterator<byte[]> arrays = idle.iterator(); arrays.hasNext(); ) {
            byte[] array = arrays.next();
            if (array.length == length) {
                arrays.remove();
                idleBytes -= length;
                return array;
            }
        }
        return new byte[length];
    }

    /** Takes back an array that nobody will read or write any more, whether or not it came from here. */
    public synchronized void give(byte[] array) {
        if (array.length > maxIdleBytes) {
            return;
        }
        idle.addFirst(array);
        idleBytes += array.length;
        while (idleBytes > maxIdleBytes) {
            idleBytes -= idle.removeLast().length;
        }
    }
}
