package dev.mpo.data.jsonl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A JSONL annotation file with random access to its rows.
 *
 * <p>The first opening reads the file once to note where lines begin, and for a file of some size keeps these notes on
 * disk, which later openings map instead: the heap then holds nothing per row, and processes share the notes. Rows are
 * read and parsed when asked for. A packed file, {@code .jsonl.gz} or {@code .jsonl.zst}, is unpacked once to a hidden
 * file beside it. Safe for use by several threads. Do not interrupt a thread inside a read: the JDK then closes the
 * file for all of them.
 */
public final class JsonlFile implements AutoCloseable {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Path path;
    private final FileChannel channel;
    private final LineIndex index;
    private final IndexOrigin indexOrigin;

    private JsonlFile(Path path, FileChannel channel, LineIndexCache.Opened opened) {
        this.path = path;
        this.channel = channel;
        this.index = opened.index();
        this.indexOrigin = opened.origin();
    }

    /** Where the starts of the lines come from. */
    public enum IndexOrigin {
        /** The file was read, and the index is on the heap: the file is small, brand new, or there is no place. */
        MEMORY,
        /** The file was read, and the index has been kept on disk. */
        WRITTEN,
        /** The index was found on disk. */
        REUSED
    }

    /**
     * Opens and indexes a file. The caller closes it.
     *
     * @throws DataException if the file is missing or cannot be read
     */
    public static JsonlFile open(Path path) {
        return open(path, LineIndexCache.standard());
    }

    static JsonlFile open(Path path, LineIndexCache cache) {
        FileChannel channel = null;
        try {
            Path plain = UnpackedRows.of(path, cache.places());
            channel = FileChannel.open(plain, StandardOpenOption.READ);
            return new JsonlFile(path, channel, cache.open(plain, channel, !plain.equals(path)));
        } catch (NoSuchFileException e) {
            throw new DataException(
                    "annotation file " + path + " does not exist: correct the path in the meta file", e);
        } catch (IOException e) {
            closeQuietly(channel, e);
            throw unreadable(path, e);
        }
    }

    /** Returns the file's path. */
    public Path path() {
        return path;
    }

    /** Returns where the starts of the lines come from. */
    public IndexOrigin indexOrigin() {
        return indexOrigin;
    }

    /** Returns the number of rows, which is the number of lines up to the last that is not blank. */
    public int rowCount() {
        return index.count();
    }

    /** Returns the number of bytes of a row's line, its line break included. */
    public long byteCount(int row) {
        return index.length(row);
    }

    /** Returns the number of bytes of all rows. */
    public long byteCount() {
        return index.start(index.count());
    }

    /** Returns {@code file:line} with the 1-based line that a text editor shows, for a 0-based row. */
    public String where(int row) {
        return path + ":" + (row + 1);
    }

    /**
     * Reads and parses a row.
     *
     * @param row the 0-based line
     * @throws DataException naming {@code file:line} (and {@code :column} for malformed JSON) when the line does not
     *     hold a preference row
     */
    public PreferenceRow row(int row) {
        return RowParser.parse(bytes(row), where(row));
    }

    /**
     * Reads a row of any kind.
     *
     * @param row the 0-based line
     * @param advice what a line should hold, for the message of the failure
     * @throws DataException naming the place when the line does not hold one JSON object
     */
    public ObjectNode object(int row, String advice) {
        return RowParser.object(bytes(row), where(row), advice);
    }

    private byte[] bytes(int row) {
        if (row < 0 || row >= index.count()) {
            throw new IllegalArgumentException("row " + row + " of " + path + ", which has " + index.count());
        }
        long length = index.length(row);
        if (length > Integer.MAX_VALUE - 8) {
            throw new DataException(
                    where(row) + ": a line of " + length + " bytes is too long: split the file into lines");
        }
        ByteBuffer line = ByteBuffer.allocate((int) length);
        long start = index.start(row);
        try {
            while (line.hasRemaining()) {
                if (channel.read(line, start + line.position()) < 0) {
                    throw new DataException(where(row) + ": the file has become shorter since it was opened: "
                            + "do not write to annotation files during a run");
                }
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        return withoutByteOrderMark(line.array(), row);
    }

    private static byte[] withoutByteOrderMark(byte[] line, int row) {
        int mark = BYTE_ORDER_MARK.length;
        if (row == 0 && line.length >= mark && Arrays.equals(line, 0, mark, BYTE_ORDER_MARK, 0, mark)) {
            return Arrays.copyOfRange(line, mark, line.length);
        }
        return line;
    }

    private static DataException unreadable(Path path, IOException e) {
        return new DataException("annotation file " + path + " cannot be read: " + e, e);
    }

    private static void closeQuietly(@Nullable FileChannel channel, IOException cause) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Closes the file. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }
}
