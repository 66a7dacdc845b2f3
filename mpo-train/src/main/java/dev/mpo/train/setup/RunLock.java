package dev.mpo.train.setup;

import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The right to write to a run's folder, which one process at a time can hold. The operating system takes it back when
 * the process ends, however it ends; the file {@value #FILE} stays behind and says who held it last.
 */
public final class RunLock implements AutoCloseable {

    /** Name of the lock file in the run's folder. */
    public static final String FILE = ".lock";

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock, creating the folder if needed.
     *
     * @throws ConfigException if another process holds it, or the folder cannot be written
     */
    public static RunLock acquire(Path folder) {
        Path file = folder.resolve(FILE);
        FileChannel channel = null;
        try {
            Files.createDirectories(folder);
            channel = open(file);
            if (tryLock(channel) == null) {
                throw live(folder, file);
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(("process " + ProcessHandle.current().pid() + ", since " + Instant.now() + "\n")
                            .getBytes(StandardCharsets.UTF_8)));
            return new RunLock(channel);
        } catch (IOException e) {
            close(channel, e);
            throw new ConfigException("--output " + folder + " cannot be written: " + e, e);
        } catch (RuntimeException e) {
            close(channel, e);
            throw e;
        }
    }

    /** Refuses a folder that a running process holds; takes nothing. */
    public static void requireFree(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return;
        }
        try (FileChannel channel = open(file);
                FileLock lock = tryLock(channel)) {
            if (lock == null) {
                throw live(folder, file);
            }
        } catch (IOException e) {
            throw new ConfigException("--output " + folder + " cannot be written: " + e, e);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another run of this very process
        }
    }

    private static ConfigException live(Path folder, Path file) {
        String holder;
        try {
            holder = Files.readString(file).strip();
        } catch (IOException e) {
            holder = "unknown process";
        }
        return new ConfigException("--output " + folder + " is in use by a running mpo train (" + holder
                + "): wait for it, stop it, or choose another name");
    }

    private static void close(@Nullable FileChannel channel, Exception cause) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Gives the lock back. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new ConfigException("cannot release the lock of the run folder: " + e, e);
        }
    }
}
