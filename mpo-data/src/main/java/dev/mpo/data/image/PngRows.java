package dev.mpo.data.image;

import java.io.IOException;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates the pixels of a PNG and restores them row by row. */
final class PngRows implements AutoCloseable {

    private static final int BLOCK_BYTES = 1 << 16;

    /** A stretch of compressed pixels in the file. */
    record Part(int at, int length) {}

    /** Takes a restored row. */
    interface Target {
        void put(byte[] row, int at, int y);
    }

    private final byte[] png;
    private final List<Part> parts;
    private final PngHeader header;
    private final Inflater inflater = new Inflater();
    private int nextPart;

    PngRows(byte[] png, List<Part> parts, PngHeader header) {
        this.png = png;
        this.parts = parts;
        this.header = header;
    }

    /**
     * Reads the next rows, those of a whole picture or of one pass.
     *
     * @return how many there were, fewer than asked for when the file ends
     */
    int read(int width, int height, Target target) throws IOException {
        int length = header.rowBytes(width);
        int stride = Math.addExact(length, 1); // a byte that names the filter stands in front
        int rowsPerBlock = Math.max(1, Math.min(height, BLOCK_BYTES / stride));
        byte[] block = new byte[Math.multiplyExact(rowsPerBlock, stride)];
        byte[] above = new byte[length];
        for (int y = 0; y < height; ) {
            int wanted = Math.min(rowsPerBlock, height - y);
            int got = inflate(block, wanted * stride) / stride;
            for (int i = 0; i < got; i++) {
                int at = i * stride + 1;
                byte[] previous = i == 0 ? above : block;
                int previousAt = i == 0 ? 0 : at - stride;
                PngFilter.undo(block[at - 1], block, at, previous, previousAt, length, header.filterDistance());
                target.put(block, at, y + i);
            }
            y += got;
            if (got < wanted) {
                return y;
            }
            System.arraycopy(block, (got - 1) * stride + 1, above, 0, length);
        }
        return height;
    }

    private int inflate(byte[] target, int length) throws IOException {
        int got = 0;
        try {
            while (got < length) {
                int more = inflater.inflate(target, got, length - got);
                got += more;
                if (more == 0 && !feed()) {
                    return got;
                }
            }
        } catch (DataFormatException e) {
            throw new IOException("its compressed pixels are damaged (" + e.getMessage() + ")", e);
        }
        return got;
    }

    private boolean feed() throws IOException {
        if (inflater.needsDictionary()) {
            throw new IOException("its compressed pixels need a dictionary");
        }
        if (inflater.finished() || !inflater.needsInput() || nextPart == parts.size()) {
            return false;
        }
        Part part = parts.get(nextPart++);
        inflater.setInput(png, part.at(), part.length());
        return true;
    }

    @Override
    public void close() {
        inflater.end();
    }
}
