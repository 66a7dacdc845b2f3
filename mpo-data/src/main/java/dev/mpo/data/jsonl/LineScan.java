package dev.mpo.data.jsonl;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Finds where the lines of a file begin, several stretches of it at once.
 *
 * <p>The file is read, not mapped: a mapped file that somebody cuts off meanwhile brings the process down, and copying
 * is cheap beside looking at every byte.
 */
final class LineScan {

    private static final int SEGMENT_BYTES = 1 << 24;
    private static final int CHUNK_BYTES = 1 << 18;
    private static final int SEGMENTS_AHEAD_PER_WORKER = 2;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long NEWLINES = 0x0A0A0A0A0A0A0A0AL;
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private final Sink sink;
    private final int segmentBytes;
    private long newlines;
    /** The number of lines up to the last that is not blank. */
    private long count;

    private LineScan(Sink sink, int segmentBytes) {
        this.sink = sink;
        this.segmentBytes = segmentBytes;
    }

    /** Takes the starts of lines in ascending order. */
    interface Sink {

        /** Takes the next start. */
        void add(long start) throws IOException;
    }

    /**
     * What was found in a stretch.
     *
     * @param newlines where newlines are, from the start of the stretch
     * @param lastText where the last byte is that is not blank, or -1
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Segment(long base, int[] newlines, int lastText) {}

    /**
     * Scans the first {@code size} bytes of a file. The sink gets 0, the byte after each newline, and the size where
     * the last line that is not blank has no newline.
     *
     * @return the number of lines up to the last that is not blank; the sink's first {@code count + 1} numbers are
     *     their starts and the end of the last
     */
    static long scan(FileChannel channel, long size, int numWorkers, Sink sink) throws IOException {
        return scan(channel, size, numWorkers, SEGMENT_BYTES, sink);
    }

    /** As above, with stretches of another length. */
    static long scan(FileChannel channel, long size, int numWorkers, int segmentBytes, Sink sink) throws IOException {
        LineScan scan = new LineScan(sink, segmentBytes);
        sink.add(0);
        if (size <= segmentBytes || numWorkers == 1) {
            for (long base = 0; base < size; base += segmentBytes) {
                scan.take(scan.segment(channel, base, size));
            }
        } else {
            scan.inParallel(channel, size, numWorkers);
        }
        if (scan.count > scan.newlines) {
            sink.add(size);
        }
        return scan.count;
    }

    private void inParallel(FileChannel channel, long size, int numWorkers) throws IOException {
        ExecutorService workers = Executors.newFixedThreadPool(numWorkers, task -> {
            Thread thread = new Thread(task, "line-scan");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Queue<Future<Segment>> ahead = new ArrayDeque<>();
            for (long base = 0; base < size; base += segmentBytes) {
                long start = base;
                ahead.add(workers.submit(() -> segment(channel, start, size)));
                if (ahead.size() > numWorkers * SEGMENTS_AHEAD_PER_WORKER) {
                    take(result(ahead.remove()));
                }
            }
            while (!ahead.isEmpty()) {
                take(result(ahead.remove()));
            }
        } finally {
            workers.shutdown(); // without interrupts, which would close the file
        }
    }

    private static Segment result(Future<Segment> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause() == null ? e : e.getCause());
        }
    }

    private void take(Segment segment) throws IOException {
        int[] positions = segment.newlines();
        if (segment.lastText() >= 0) {
            // The last text is no newline, so the search never finds it, only where it would be inserted.
            int before = -1 - Arrays.binarySearch(positions, segment.lastText());
            count = newlines + before + 1;
        }
        for (int position : positions) {
            sink.add(segment.base() + position + 1);
        }
        newlines += positions.length;
    }

    private Segment segment(FileChannel channel, long base, long size) throws IOException {
        int length = (int) Math.min(segmentBytes, size - base);
        ByteBuffer chunk = ByteBuffer.allocate(Math.min(CHUNK_BYTES, length));
        Positions found = new Positions();
        int lastText = -1;
        for (int from = 0; from < length; from += CHUNK_BYTES) {
            int bytes = Math.min(CHUNK_BYTES, length - from);
            chunk.clear().limit(bytes);
            while (chunk.hasRemaining()) {
                if (channel.read(chunk, base + from + chunk.position()) < 0) {
                    throw new EOFException("the file has become shorter while it was read");
                }
            }
            found.addNewlines(chunk.array(), bytes, from);
            int text = lastText(chunk.array(), bytes);
            lastText = text < 0 ? lastText : from + text;
        }
        return new Segment(base, found.toArray(), lastText);
    }

    private static int lastText(byte[] bytes, int length) {
        int at = length - 1;
        while (at >= 0 && (bytes[at] == '\n' || bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r')) {
            at--;
        }
        return at;
    }

    /** A growing list of positions. */
    private static final class Positions {

        private int[] positions = new int[1024];
        private int size;

        /** Looks at eight bytes at a time; few of them hold a newline. */
        void addNewlines(byte[] bytes, int length, int offset) {
            int at = 0;
            for (; at + Long.BYTES <= length; at += Long.BYTES) {
                // Zero bytes of this word are newlines; the bit trick marks the first of them without fail.
                long word = (long) LONGS.get(bytes, at) ^ NEWLINES;
                if (((word - LOW_BITS) & ~word & HIGH_BITS) != 0) {
                    addOneByOne(bytes, at, at + Long.BYTES, offset);
                }
            }
            addOneByOne(bytes, at, length, offset);
        }

        private void addOneByOne(byte[] bytes, int from, int to, int offset) {
            for (int i = from; i < to; i++) {
                if (bytes[i] == '\n') {
                    if (size == positions.length) {
                        positions = Arrays.copyOf(positions, size * 2);
                    }
                    positions[size++] = offset + i;
                }
            }
        }

        int[] toArray() {
            return Arrays.copyOf(positions, size);
        }
    }
}
