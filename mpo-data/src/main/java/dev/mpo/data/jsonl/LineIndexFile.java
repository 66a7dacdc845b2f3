package dev.mpo.data.jsonl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file format of an index: eight longs (mark, size and modification time of the indexed file, count, checksum,
 * three unused), then the start of each line and the end of the last. Everything is big-endian.
 */
final class LineIndexFile {

    private static final long MARK = 0x6D706F2D69647831L; // "mpo-idx1"
    private static final int HEADER_BYTES = 8 * Long.BYTES;
    private static final int BUFFER_BYTES = 1 << 16;

    private LineIndexFile() {}

    /** Maps an index if it is whole and belongs to this version of the indexed file. */
    static Optional<LineIndex> read(Path place, FileVersion version) {
        try (FileChannel channel = FileChannel.open(place, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < HEADER_BYTES + Long.BYTES || size > Integer.MAX_VALUE) {
                return Optional.empty();
            }
            MappedByteBuffer file = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
            boolean current = file.getLong() == MARK
                    && file.getLong() == version.size()
                    && file.getLong() == version.modifiedNanos()
                    && file.getLong() == (size - HEADER_BYTES) / Long.BYTES - 1;
            if (!current || file.getLong() != checksum(file)) {
                return Optional.empty();
            }
            return Optional.of(new LineIndex(file.position(HEADER_BYTES).asLongBuffer()));
        } catch (IOException e) {
            return Optional.empty(); // absent or unreadable: it is built anew
        }
    }

    /**
     * Scans a file and writes its index.
     *
     * @throws CacheWriteException if the index cannot be written
     * @throws IOException if the file cannot be read
     */
    static void write(Path target, FileChannel source, FileVersion version, int numWorkers) throws IOException {
        try (FileChannel channel = open(target)) {
            Writer writer = new Writer(channel);
            long count = LineScan.scan(source, version.size(), numWorkers, writer);
            writer.finish(count, version);
        }
    }

    private static FileChannel open(Path target) throws CacheWriteException {
        try {
            return FileChannel.open(target, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new CacheWriteException(e);
        }
    }

    private static long checksum(ByteBuffer file) {
        CRC32C checksum = new CRC32C();
        checksum.update(file.duplicate().position(HEADER_BYTES));
        return checksum.getValue();
    }

    private static final class Writer implements LineScan.Sink {

        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        private long position = HEADER_BYTES;

        Writer(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void add(long start) throws CacheWriteException {
            if (!buffer.hasRemaining()) {
                flush();
            }
            buffer.putLong(start);
        }

        private void flush() throws CacheWriteException {
            buffer.flip();
            write(buffer);
            buffer.clear();
        }

        private void write(ByteBuffer bytes) throws CacheWriteException {
            try {
                while (bytes.hasRemaining()) {
                    position += channel.write(bytes, position);
                }
            } catch (IOException e) {
                throw new CacheWriteException(e);
            }
        }

        /** Leaves out the starts of blank lines at the end, and writes the header last. */
        void finish(long count, FileVersion version) throws CacheWriteException {
            flush();
            long size = HEADER_BYTES + (count + 1) * Long.BYTES;
            try {
                channel.truncate(size);
                if (size > Integer.MAX_VALUE) {
                    throw new IOException("an index of " + size + " bytes cannot be mapped");
                }
                MappedByteBuffer file = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
                ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES)
                        .putLong(MARK)
                        .putLong(version.size())
                        .putLong(version.modifiedNanos())
                        .putLong(count)
                        .putLong(checksum(file));
                position = 0;
                write(header.clear());
            } catch (IOException e) {
                throw e instanceof CacheWriteException own ? own : new CacheWriteException(e);
            }
        }
    }
}
