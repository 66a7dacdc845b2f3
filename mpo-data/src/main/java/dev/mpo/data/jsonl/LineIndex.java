package dev.mpo.data.jsonl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * Where each line of a file begins: eight bytes of heap per line, whatever the lines hold.
 *
 * <p>Blank lines at the end of the file do not count, blank lines before that do, so that an index is always a line
 * number.
 */
final class LineIndex {

    private static final int CHUNK_BYTES = 1 << 20;

    // starts[i] is the first byte of line i; starts[count] is one past the newline of the last line.
    private final long[] starts;

    private LineIndex(long[] starts) {
        this.starts = starts;
    }

    /** Reads the whole file once. */
    static LineIndex scan(FileChannel channel) throws IOException {
        Builder builder = new Builder();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        long position = 0;
        while (true) {
            chunk.clear();
            int got = channel.read(chunk, position);
            if (got < 0) {
                break;
            }
            builder.add(chunk.array(), got, position);
            position += got;
        }
        return new LineIndex(builder.finish(position));
    }

    int count() {
        return starts.length - 1;
    }

    long start(int line) {
        return starts[line];
    }

    /** Returns the bytes from the start of a line to the start of the next, its newline included. */
    long length(int line) {
        return starts[line + 1] - starts[line];
    }

    private static final class Builder {

        private long[] starts = new long[1024];
        private int lines = 1; // lines begun so far; starts[0] is 0
        private int linesWithText;
        private long endOfText;
        private boolean text;

        void add(byte[] bytes, int count, long position) {
            for (int i = 0; i < count; i++) {
                byte b = bytes[i];
                if (b == '\n') {
                    begin(position + i + 1);
                } else if (b != ' ' && b != '\t' && b != '\r') {
                    text = true;
                }
            }
        }

        private void begin(long start) {
            if (text) {
                linesWithText = lines;
                endOfText = start;
            }
            if (lines == starts.length) {
                // Far from overflow: a file of 2^30 lines would need 8 GiB of index.
                starts = Arrays.copyOf(starts, lines * 2);
            }
            starts[lines++] = start;
            text = false;
        }

        long[] finish(long size) {
            if (text) {
                linesWithText = lines;
                endOfText = size;
            }
            long[] all = Arrays.copyOf(starts, linesWithText + 1);
            all[linesWithText] = endOfText;
            return all;
        }
    }
}
