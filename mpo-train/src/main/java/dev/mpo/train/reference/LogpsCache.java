package dev.mpo.train.reference;

import dev.mpo.core.ConfigException;
import dev.mpo.core.LongWait;
import dev.mpo.core.TrainingDivergedException;
import dev.mpo.data.loader.SampleRef;
import dev.mpo.data.pair.EncodedPair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a reference's log-probabilities, one record per row, and its contents in memory.
 *
 * <p>The file's name holds a hash of its {@link CacheKey}, so that caches of different models, data and settings lie
 * side by side. A record is written as soon as it is known: when the process is killed, the next one goes on where this
 * one was. What a kill left half-written, or what was damaged since, is noticed by its checksum, reported and left out,
 * to be computed again. While it is open, the file is locked: another process that opens it waits, and then finds it
 * complete. After {@link #close} the contents can still be read.
 */
public final class LogpsCache implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogpsCache.class);
    private static final String PREFIX = "reference-logps-";
    private static final String SUFFIX = ".bin";
    private static final int NAME_DIGITS = 16;
    private static final int BUFFER_RECORDS = 4096;

    private final Path file;
    private final FileChannel channel;
    private final LogpsTable table;
    private final ByteBuffer record = ByteBuffer.allocate(LogpsRecord.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private LogpsCache(Path file, FileChannel channel, LogpsTable table) {
        this.file = file;
        this.channel = channel;
        this.table = table;
    }

    /**
     * Opens the cache of a key, or begins it.
     *
     * @param folder where caches lie; made if missing
     * @param rowCounts number of rows of each data set
     * @throws ConfigException if the folder or the file cannot be read or written
     */
    public static LogpsCache open(Path folder, CacheKey key, List<Integer> rowCounts) {
        Path file = folder.resolve(PREFIX + key.hash().substring(0, NAME_DIGITS) + SUFFIX);
        try {
            Files.createDirectories(folder);
            if (!Files.exists(file)) {
                reportOthers(folder, key);
            }
            return new Opening(file, key, new LogpsTable(rowCounts)).open();
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private static ConfigException unusable(Path file, IOException e) {
        return new ConfigException(
                "reference log-probabilities cannot be kept in " + file + " (" + e
                        + "): set reference.cache to a folder with room that can be written, or reference.mode=copy",
                e);
    }

    /** Says what is different about a cache that lies there and cannot be used. */
    private static void reportOthers(Path folder, CacheKey key) throws IOException {
        try (var files = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
            for (Path other : files) {
                try (FileChannel in = FileChannel.open(other, StandardOpenOption.READ)) {
                    byte[] header = header(in);
                    LOG.info(
                            "reference log-probabilities in {} are of no use here, because these differ: {}",
                            other,
                            CacheHeader.read(header)
                                    .map(found -> String.join(", ", key.differences(found)))
                                    .orElse("everything; its header is damaged"));
                }
            }
        }
    }

    /** Reads the header of a file; shorter than it should be if the file is. */
    private static byte[] header(FileChannel in) throws IOException {
        byte[] preamble = read(in, 0, CacheHeader.PREAMBLE_BYTES);
        return read(in, 0, Math.max(preamble.length, CacheHeader.length(preamble)));
    }

    private static byte[] read(FileChannel in, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(length, Math.max(0, in.size() - position)));
        while (buffer.hasRemaining() && in.read(buffer, position + buffer.position()) >= 0) {
            // until full
        }
        return buffer.array();
    }

    /** Reads what is there, and leaves the file in a state that can be appended to. */
    private record Opening(Path file, CacheKey key, LogpsTable table) {

        LogpsCache open() throws IOException {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                lock(channel);
                byte[] header = header(channel);
                boolean ours = CacheHeader.read(header).map(key::equals).orElse(false);
                if (ours) {
                    readRecords(channel, header.length);
                } else {
                    begin(channel);
                }
                channel.position(channel.size());
                return new LogpsCache(file, channel, table);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }

        private void lock(FileChannel channel) throws IOException {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                LOG.info("waiting for another process that computes {}", file);
                LongWait other = LongWait.begin();
                try (other) {
                    channel.lock();
                }
            }
        }

        private void begin(FileChannel channel) throws IOException {
            if (channel.size() > 0) {
                LOG.warn("{}: the header is incomplete or damaged; computing everything again", file);
            }
            channel.truncate(0);
            writeFully(channel, ByteBuffer.wrap(CacheHeader.write(key)), 0);
        }

        private void readRecords(FileChannel channel, long start) throws IOException {
            List<Long> damaged = new ArrayList<>();
            long end = channel.size() - (channel.size() - start) % LogpsRecord.BYTES;
            for (long at = start; at < end; ) {
                int length = (int) Math.min(end - at, (long) BUFFER_RECORDS * LogpsRecord.BYTES);
                ByteBuffer buffer = ByteBuffer.wrap(read(channel, at, length)).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < length; i += LogpsRecord.BYTES) {
                    LogpsRecord found = LogpsRecord.read(buffer);
                    if (found != null && table.accepts(found)) {
                        table.put(found);
                    } else {
                        damaged.add(at + i);
                    }
                }
                at += length;
            }
            report(damaged, channel.size() - end);
            if (damaged.isEmpty()) {
                channel.truncate(end);
            } else {
                rewrite(channel);
            }
        }

        private void report(List<Long> damaged, long rest) {
            if (!damaged.isEmpty()) {
                LOG.warn(
                        "{}: {} damaged records, the first at byte {}: their checksums are wrong; computing them again",
                        file,
                        damaged.size(),
                        damaged.get(0));
            }
            if (rest > 0) {
                LOG.info(
                        "{}: the last record is incomplete, {} of {} bytes: writing was interrupted; going on after {}"
                                + " records",
                        file,
                        rest,
                        LogpsRecord.BYTES,
                        table.size());
            }
        }

        /** Writes the good records alone. A kill meanwhile may lose some of them, to be computed again. */
        private void rewrite(FileChannel channel) throws IOException {
            byte[] header = CacheHeader.write(key);
            ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(table.size() * LogpsRecord.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN);
            table.forEach(r -> r.write(all));
            writeFully(channel, all.flip(), header.length);
            channel.truncate(header.length + (long) all.limit());
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** Returns the file. */
    public Path file() {
        return file;
    }

    /** Returns the number of rows whose log-probabilities are known. */
    public long size() {
        return table.size();
    }

    /** Returns whether a row's log-probabilities are known. */
    public boolean contains(SampleRef ref) {
        return table.contains(ref);
    }

    /**
     * Adds a row.
     *
     * @param pair what the model saw of it
     * @param chosen summed log-probability of the chosen answer
     * @param rejected summed log-probability of the rejected answer
     * @throws TrainingDivergedException if either is not a number
     */
    public void add(SampleRef ref, EncodedPair pair, double chosen, double rejected) {
        add(ref, PairChecksum.of(pair), chosen, rejected, pair);
    }

    /**
     * Adds a row that another process has scored.
     *
     * @param content {@link PairChecksum} of what the model saw of it
     * @param pair what to call it in a message
     * @throws TrainingDivergedException if either number is not finite
     */
    public void add(SampleRef ref, int content, double chosen, double rejected, Object pair) {
        LogpsRecord added = new LogpsRecord(ref.dataset(), ref.row(), chosen, rejected, content);
        if (!Double.isFinite(chosen) || !Double.isFinite(rejected)) {
            throw new TrainingDivergedException("the reference gives the log-probabilities " + chosen + " (chosen) and "
                    + rejected + " (rejected) to " + pair + ", expected finite numbers: check the weights of the"
                    + " reference and this row");
        }
        table.put(added);
        added.write(record.clear());
        try {
            channel.write(record.flip());
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** Returns the record of a row. */
    LogpsRecord get(SampleRef ref) {
        return table.get(ref);
    }

    /** Writes everything to the disk and lets other processes at the file. */
    @Override
    public void close() {
        try {
            if (channel.isOpen()) {
                LongWait disk = LongWait.begin();
                try (disk) {
                    channel.force(false);
                    channel.close();
                }
            }
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }
}
