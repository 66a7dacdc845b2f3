package dev.mpo.data.jsonl;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A number for every row of an annotation file, which is costly to find and kept on disk: beside the file as
 * {@code .NAME.KEY.mpo-numbers}, or in the user's cache folder. It is used while size and modification time of the
 * annotation file are what they were, and mapped, so that processes share it. Of several processes that want it at once
 * one finds the numbers and the others wait.
 */
public final class RowNumbers {

    private static final Logger LOG = LoggerFactory.getLogger(RowNumbers.class);
    private static final long MARK = 0x6D706F2D6E756D31L; // "mpo-num1"
    private static final int HEADER_BYTES = 8 * Long.BYTES;

    private final IntBuffer numbers;
    private final long checksum;

    private RowNumbers(IntBuffer numbers, long checksum) {
        this.numbers = numbers;
        this.checksum = checksum;
    }

    /** Finds the numbers. */
    @FunctionalInterface
    public interface Source {

        /** Passes the number of each row on, in the order of the rows. */
        void find(IntConsumer sink);
    }

    /**
     * Returns the numbers of a file, from disk if they are known.
     *
     * @param file an open annotation file
     * @param key what the numbers are, in characters fit for a file name; other settings need another key
     * @param source is asked if they are not known
     * @throws DataException if the annotation file cannot be read
     */
    public static RowNumbers of(JsonlFile file, String key, Source source) {
        return of(file, key, source, CacheFiles.standard());
    }

    static RowNumbers of(JsonlFile file, String key, Source source, CacheFiles files) {
        List<Path> places = files.of(file.path(), "." + key + ".mpo-numbers");
        try {
            FileVersion version = FileVersion.of(file.path());
            Optional<RowNumbers> known = find(places, version, file.rowCount());
            if (known.isPresent()) {
                return known.get();
            }
            try (BuildLock lock = BuildLock.acquire(places)) {
                known = find(places, version, file.rowCount()); // found by whoever held the lock before
                return known.isPresent() ? known.get() : make(file, source, version, places);
            }
        } catch (IOException e) {
            throw new DataException("annotation file " + file.path() + " cannot be read: " + e, e);
        }
    }

    private static Optional<RowNumbers> find(List<Path> places, FileVersion version, int count) {
        return places.stream()
                .flatMap(place -> read(place, version, count).stream())
                .findFirst();
    }

    private static Optional<RowNumbers> read(Path place, FileVersion version, int count) {
        long size = HEADER_BYTES + (long) count * Integer.BYTES;
        try (FileChannel channel = FileChannel.open(place, StandardOpenOption.READ)) {
            if (channel.size() != size || size > Integer.MAX_VALUE) {
                return Optional.empty();
            }
            ByteBuffer file = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
            boolean current = file.getLong() == MARK
                    && file.getLong() == version.size()
                    && file.getLong() == version.modifiedNanos()
                    && file.getLong() == count;
            long checksum = file.getLong();
            ByteBuffer body = file.position(HEADER_BYTES).slice();
            return current && checksum == checksum(body)
                    ? Optional.of(new RowNumbers(body.asIntBuffer(), checksum))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // absent or unreadable: it is made anew
        }
    }

    private static RowNumbers make(JsonlFile file, Source source, FileVersion version, List<Path> places)
            throws IOException {
        ByteBuffer body = ByteBuffer.allocate(Math.multiplyExact(file.rowCount(), Integer.BYTES));
        source.find(body::putInt);
        if (body.hasRemaining()) {
            throw new IllegalStateException(body.remaining() / Integer.BYTES + " numbers are missing");
        }
        body.flip();
        long checksum = checksum(body);
        if (version.isSettled() && FileVersion.of(file.path()).equals(version)) {
            for (Path place : places) {
                if (write(place, version, body, checksum)) {
                    Optional<RowNumbers> mapped = read(place, version, file.rowCount());
                    if (mapped.isPresent()) {
                        return mapped.get();
                    }
                }
            }
        }
        return new RowNumbers(body.asIntBuffer(), checksum);
    }

    private static boolean write(Path place, FileVersion version, ByteBuffer body, long checksum) throws IOException {
        Optional<Path> temporary = CacheFiles.temporaryFor(place);
        if (temporary.isEmpty()) {
            return false;
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES)
                .putLong(MARK)
                .putLong(version.size())
                .putLong(version.modifiedNanos())
                .putLong(body.limit() / Integer.BYTES)
                .putLong(checksum)
                .clear();
        try (FileChannel channel = FileChannel.open(temporary.get(), StandardOpenOption.WRITE)) {
            for (ByteBuffer part : List.of(header, body.duplicate())) {
                while (part.hasRemaining()) {
                    channel.write(part);
                }
            }
            CacheFiles.rename(temporary.get(), place);
            return true;
        } catch (IOException e) {
            LOG.debug("{} cannot be written", place, e);
            return false;
        } finally {
            Files.deleteIfExists(temporary.get());
        }
    }

    private static long checksum(ByteBuffer body) {
        CRC32C checksum = new CRC32C();
        checksum.update(body.duplicate());
        return checksum.getValue();
    }

    /** Returns the number of a row. */
    public int of(int row) {
        return numbers.get(row);
    }

    /** Returns a checksum of all numbers. */
    public long checksum() {
        return checksum;
    }
}
