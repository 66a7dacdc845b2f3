package dev.mpo.data.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives that stay open between reads: the most recently used ones, each opened once for all threads.
 *
 * <p>An archive that falls out of the pool, or is in use when the pool is closed, closes when its last reader is done.
 */
final class ArchivePool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ArchivePool.class);

    private final int capacity;
    private final Map<Path, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    ArchivePool(int capacity) {
        this.capacity = capacity;
    }

    /** What is done with an open archive. */
    interface Use<T> {
        T apply(Archive archive) throws IOException;
    }

    <T> T use(Path file, Use<T> use) throws IOException {
        Slot slot = acquire(file.toAbsolutePath().normalize());
        try {
            return use.apply(slot.archive());
        } finally {
            release(slot);
        }
    }

    private synchronized Slot acquire(Path file) {
        Slot slot = slots.computeIfAbsent(file, Slot::new);
        slot.users++;
        for (Iterator<Slot> oldest = slots.values().iterator(); slots.size() > capacity; ) {
            drop(oldest.next());
            oldest.remove();
        }
        return slot;
    }

    private synchronized void release(Slot slot) {
        slot.users--;
        if (slot.dropped && slot.users == 0) {
            slot.close();
        }
    }

    private static void drop(Slot slot) {
        slot.dropped = true;
        if (slot.users == 0) {
            slot.close();
        }
    }

    /** Returns the number of archives that are kept open or in use. */
    synchronized int size() {
        return slots.size();
    }

    /** Lets go of all archives; the pool can be used again. */
    @Override
    public synchronized void close() {
        List<Slot> all = new ArrayList<>(slots.values());
        slots.clear();
        all.forEach(ArchivePool::drop);
    }

    /** One archive: opened by its first reader while the others wait; a failure is kept, so that it costs once. */
    private static final class Slot {

        private final Path file;
        private int users;
        private boolean dropped;
        private @Nullable Archive archive;
        private @Nullable IOException failure;

        Slot(Path file) {
            this.file = file;
        }

        synchronized Archive archive() throws IOException {
            if (failure != null) {
                throw failure;
            }
            Archive open = archive;
            if (open == null) {
                try {
                    open = Archive.open(file);
                } catch (IOException e) {
                    failure = e;
                    throw e;
                }
                archive = open;
            }
            return open;
        }

        synchronized void close() {
            if (archive != null) {
                try {
                    archive.close();
                } catch (IOException e) {
                    LOG.debug("closing {}", file, e);
                }
                archive = null;
            }
        }
    }
}
