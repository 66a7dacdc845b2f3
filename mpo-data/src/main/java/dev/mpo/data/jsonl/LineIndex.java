package dev.mpo.data.jsonl;

import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * Where each line of a file begins: eight bytes per line, whatever the lines hold, on the heap for small files and in a
 * mapped file for large ones.
 *
 * <p>Blank lines at the end of the file do not count, blank lines before that do, so that an index is always a line
 * number.
 */
final class LineIndex {

    // starts[i] is the first byte of line i; starts[count] is one past the newline of the last line.
    private final LongBuffer starts;

    /** An index over the starts of all lines and the end of the last. */
    LineIndex(LongBuffer starts) {
        this.starts = starts;
    }

    /** Reads the first bytes of a file once and keeps the index on the heap. */
    static LineIndex scan(FileChannel channel, long size, int numWorkers) throws IOException {
        Growing starts = new Growing();
        int count = Math.toIntExact(LineScan.scan(channel, size, numWorkers, starts));
        return new LineIndex(LongBuffer.wrap(Arrays.copyOf(starts.numbers, count + 1)));
    }

    int count() {
        return starts.limit() - 1;
    }

    long start(int line) {
        return starts.get(line);
    }

    /** Returns the bytes from the start of a line to the start of the next, its newline included. */
    long length(int line) {
        return starts.get(line + 1) - starts.get(line);
    }

    private static final class Growing implements LineScan.Sink {

        private long[] numbers = new long[64];
        private int size;

        @Override
        public void add(long start) {
            if (size == numbers.length) {
                numbers = Arrays.copyOf(numbers, size * 2);
            }
            numbers[size++] = start;
        }
    }
}
