package dev.mpo.data.jsonl;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The bytes that one or several zstd frames hold. A file that ends within a frame, or without any, is an error; the
 * library's own stream takes a last frame that is cut off early for the end. Frames may ask for a window of up to 128
 * MiB, as with the program zstd.
 */
final class ZstdFrames extends InputStream {

    private static final int BUFFER_BYTES = 1 << 17;

    private final InputStream packed;
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private final ByteBuffer source = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final ByteBuffer target = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final byte[] chunk = new byte[BUFFER_BYTES];
    private boolean frameFinished;

    /** Reads frames from a stream, which it owns. */
    ZstdFrames(InputStream packed) {
        this.packed = packed;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        while (!target.hasRemaining()) {
            boolean ended = !source.hasRemaining() && !refill();
            if (!unpack() && ended) {
                if (!frameFinished) {
                    throw new EOFException("the file ends within a frame");
                }
                return -1;
            }
        }
        int count = Math.min(length, target.remaining());
        target.get(bytes, offset, count);
        return count;
    }

    private boolean refill() throws IOException {
        int count = packed.read(chunk);
        if (count < 0) {
            return false;
        }
        source.clear().put(chunk, 0, count).flip();
        return true;
    }

    /** Returns whether bytes were taken or given. */
    private boolean unpack() throws IOException {
        int before = source.position();
        target.clear();
        boolean finished;
        try {
            finished = context.decompressDirectByteBufferStream(target, source);
        } catch (ZstdException e) {
            throw new IOException(e.getMessage(), e);
        }
        target.flip();
        boolean progress = source.position() > before || target.hasRemaining();
        if (progress) {
            frameFinished = finished;
        } else if (source.hasRemaining()) {
            throw new IOException("no progress at all");
        }
        return progress;
    }

    @Override
    public void close() throws IOException {
        context.close();
        packed.close();
    }
}
