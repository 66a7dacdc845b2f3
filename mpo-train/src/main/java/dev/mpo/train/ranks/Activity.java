package dev.mpo.train.ranks;

import dev.mpo.core.LongWait;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Judges from outside whether this process does anything, whatever it is busy with: by the processor time of its
 * threads and the bytes that it has read and written, both as Linux counts them. Elsewhere it is never quiet.
 *
 * <p>A thread counts as busy while it wants a processor, also one that it does not get: on a machine that is
 * overloaded, a healthy rank may compute very little. Threads that wake up now and then, such as those of the watch and
 * of the virtual machine, stay below the limits.
 */
final class Activity {

    /** A second with less processor time than this, of all threads together, has little of it. */
    private static final double BUSY_TOTAL = 0.1;

    /** A thread that wants a processor for this part of a second works. */
    private static final double BUSY_THREAD = 0.5;

    /** A second in which fewer bytes than this are moved has few of them; the watch itself moves some. */
    private static final double BUSY_BYTES = 64 << 10;

    private static final double NANOS = 1e9;

    private final Path process;
    private final LongSupplier clock;
    private Map<String, Times> threads = Map.of();
    private long bytes;
    private long sampled;
    private long lastBusy;

    /** Watches this process. */
    Activity() {
        this(Path.of("/proc/self"), System::nanoTime);
    }

    /**
     * Watches a process.
     *
     * @param process its folder in the proc file system
     * @param clock the time in nanoseconds
     */
    Activity(Path process, LongSupplier clock) {
        this.process = process;
        this.clock = clock;
        this.sampled = clock.getAsLong();
        this.lastBusy = sampled;
    }

    /** Nanoseconds that a thread has run, and that it has waited for a processor. */
    private record Times(long ran, long waited) {}

    /**
     * Looks at what has happened since the last call; to be called about once a second.
     *
     * @param moved whether it is known that the process has got on
     * @return for how many seconds nothing has happened
     */
    int quietSeconds(boolean moved) {
        long now = clock.getAsLong();
        if (now == sampled) {
            return 0;
        }
        double seconds = (now - sampled) / NANOS;
        boolean busy;
        try {
            boolean computed = computed(seconds);
            boolean transferred = transferred(seconds);
            busy = computed || transferred;
        } catch (IOException | RuntimeException e) {
            busy = true; // not Linux, or a system that hides its counts
        }
        sampled = now;
        if (busy || moved || LongWait.anyOpen()) {
            lastBusy = now;
        }
        return (int) ((now - lastBusy) / NANOS);
    }

    private boolean computed(double seconds) throws IOException {
        Map<String, Times> present = threads();
        long total = 0;
        long most = 0;
        for (Map.Entry<String, Times> each : present.entrySet()) {
            Times before = threads.getOrDefault(each.getKey(), each.getValue());
            long ran = each.getValue().ran - before.ran;
            total += ran;
            most = Math.max(most, ran + each.getValue().waited - before.waited);
        }
        threads = present;
        return total >= BUSY_TOTAL * seconds * NANOS || most >= BUSY_THREAD * seconds * NANOS;
    }

    private Map<String, Times> threads() throws IOException {
        Map<String, Times> found = new HashMap<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path folder : folders) {
                try {
                    String[] counts = read(folder.resolve("schedstat")).strip().split(" ", -1);
                    found.put(folder.toString(), new Times(Long.parseLong(counts[0]), Long.parseLong(counts[1])));
                } catch (IOException ended) {
                    // The thread is gone since the folder was listed.
                }
            }
        }
        if (found.isEmpty()) {
            throw new IOException("no thread's times are known");
        }
        return found;
    }

    private boolean transferred(double seconds) throws IOException {
        long before = bytes;
        bytes = 0;
        for (String line : read(process.resolve("io")).split("\n", -1)) {
            String[] parts = line.split(": ", -1);
            // Calls and, for files that are mapped into memory, what the disk has delivered.
            if (parts.length == 2 && parts[0].matches("[rw]char|read_bytes")) {
                bytes += Long.parseLong(parts[1].strip());
            }
        }
        return bytes - before >= BUSY_BYTES * seconds;
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.US_ASCII);
    }
}
