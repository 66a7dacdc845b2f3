package dev.mpo.data.jsonl;

import dev.mpo.core.LongWait;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the processes of a machine, and threads of a process, from making the same derived file at the same time: one
 * makes it, the others wait and then find it.
 *
 * <p>It saves work and is not needed for correctness, because finished files are put in place at once. Where no lock
 * can be had (a file system without locks, no writable folder) or the wait takes too long, the caller simply goes
 * ahead. The system frees the lock of a process that dies.
 */
final class BuildLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BuildLock.class);
    private static final long POLL_MILLIS = 20;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(30);
    private static final Duration QUIET_WAIT = Duration.ofSeconds(2);

    private final Path file;
    private final @Nullable FileChannel channel;

    private BuildLock(Path file, @Nullable FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Waits for the right to make a file; the caller closes the lock when the file is in place or cannot be made.
     *
     * @param places where the file may go, the preferred place first
     * @throws InterruptedIOException if the thread is interrupted while it waits
     */
    static BuildLock acquire(List<Path> places) throws InterruptedIOException {
        for (Path place : places) {
            Path file = place.resolveSibling(place.getFileName() + ".lock");
            Optional<FileChannel> channel = open(file);
            if (channel.isPresent()) {
                return new BuildLock(file, await(file, channel.get()));
            }
        }
        return new BuildLock(places.get(0), null);
    }

    private static Optional<FileChannel> open(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            return Optional.of(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static @Nullable FileChannel await(Path file, FileChannel channel) throws InterruptedIOException {
        long started = System.nanoTime();
        boolean told = false;
        LongWait other = LongWait.begin();
        try (other) {
            while (!tryLock(channel)) {
                Duration waited = Duration.ofNanos(System.nanoTime() - started);
                if (waited.compareTo(LONGEST_WAIT) > 0) {
                    LOG.warn("{} is still locked after {}: going ahead without it", file, waited);
                    channel.close();
                    return null;
                }
                if (!told && waited.compareTo(QUIET_WAIT) > 0) {
                    told = true;
                    LOG.info("waiting for another process that holds {}", file);
                }
                Thread.sleep(POLL_MILLIS);
            }
            return channel;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closeQuietly(channel);
            throw new InterruptedIOException("interrupted while waiting for " + file);
        } catch (IOException e) {
            LOG.debug("{} cannot be locked", file, e);
            closeQuietly(channel);
            return null;
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock(); // held until the channel is closed
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // another thread of this process has it
        }
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("a lock file cannot be closed", e);
        }
    }

    /** Lets the next one in and removes the lock file. */
    @Override
    public void close() {
        FileChannel held = channel;
        if (held == null) {
            return;
        }
        try {
            // While it is held. Whoever waits on the removed file gets its turn and finds what was made.
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("{} stays behind", file, e);
        }
        closeQuietly(held);
    }
}
