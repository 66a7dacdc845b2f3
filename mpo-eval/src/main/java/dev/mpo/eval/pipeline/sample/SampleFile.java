package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of JSON lines that grows over several runs. A line is written by one call, whole with its line break; what a
 * process that died in the middle of it left behind is cut off when the file is opened again, so that a line is there
 * completely or not at all. One process at a time may hold it open.
 */
final class SampleFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SampleFile.class);
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final long SYNC_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int BLOCK = 1 << 16;

    private final Path path;
    private final FileChannel channel;
    private long lastSync = System.nanoTime();

    private SampleFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Opens a file to append to, and creates it if it is not there.
     *
     * @throws ConfigException if another process has it open, or it cannot be written
     */
    static SampleFile open(Path path) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
            long whole = wholeLines(channel);
            if (whole < channel.size()) {
                LOG.warn("{}: {} bytes of an unfinished last line are cut off", path, channel.size() - whole);
                channel.truncate(whole);
            }
            channel.position(whole);
            return new SampleFile(path, channel);
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel);
            throw new ConfigException(
                    path + " is being written by another process: wait for it, or choose another --out-dir; "
                            + "processes that share the work need different ranks (RANK, WORLD_SIZE)",
                    e);
        } catch (IOException e) {
            closeQuietly(channel);
            throw new ConfigException(path + " cannot be written (" + e + "): choose another --out-dir", e);
        }
    }

    private static void closeQuietly(@Nullable Closeable resource) {
        try {
            if (resource != null) {
                resource.close();
            }
        } catch (IOException e) {
            LOG.debug("closing after a failure failed as well", e);
        }
    }

    /** Returns the length up to the last line break. */
    private static long wholeLines(FileChannel channel) throws IOException {
        long end = channel.size();
        while (end > 0) {
            long start = Math.max(0, end - BLOCK);
            ByteBuffer block = ByteBuffer.allocate((int) (end - start));
            while (block.hasRemaining()) {
                if (channel.read(block, start + block.position()) < 0) {
                    break;
                }
            }
            for (int i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return start + i + 1;
                }
            }
            end = start;
        }
        return 0;
    }

    /** Appends a row. */
    void append(ObjectNode row) {
        try {
            byte[] json = MAPPER.writeValueAsBytes(row);
            ByteBuffer line = ByteBuffer.allocate(json.length + 1)
                    .put(json)
                    .put((byte) '\n')
                    .flip();
            while (line.hasRemaining()) {
                channel.write(line);
            }
            if (System.nanoTime() - lastSync > SYNC_NANOS) {
                channel.force(false);
                lastSync = System.nanoTime();
            }
        } catch (IOException e) {
            throw new ConfigException(
                    path + " cannot be written (" + e + "): make room, then run the same command again", e);
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try (channel) {
            channel.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + path, e);
        }
    }
}
