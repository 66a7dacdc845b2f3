package dev.mpo.core.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A tensor in a file.
 *
 * @param info name, number format and shape
 * @param file the file that holds it
 * @param offset position of its first byte in the file
 */
public record StoredTensor(TensorInfo info, Path file, long offset) {

    /** Most bytes mapped at once; a whole number of elements of every type, and far below the 2 GiB of a buffer. */
    private static final long MAX_MAPPED_BYTES = 256L << 20;

    /** Receives a tensor's bytes piece by piece. */
    @FunctionalInterface
    public interface Pieces {
        /**
         * Takes a run of elements.
         *
         * @param firstElement index of the run's first element in the row-major tensor
         * @param bytes the elements, little-endian, read-only, valid during the call
         */
        void accept(long firstElement, ByteBuffer bytes) throws IOException;
    }

    /** Returns the tensor's name in the file. */
    public String name() {
        return info.name();
    }

    /**
     * Maps the elements {@code [firstElement, firstElement + numElements)} into memory in pieces of whole elements and
     * hands them over in order; nothing of them is copied to the heap.
     */
    public void read(long firstElement, long numElements, Pieces pieces) throws IOException {
        int size = info.type().numBytes();
        long end = Math.multiplyExact(Math.addExact(firstElement, numElements), (long) size);
        if (firstElement < 0 || numElements < 0 || end > info.numBytes()) {
            throw new IllegalArgumentException("elements " + firstElement + " to " + (firstElement + numElements)
                    + " of " + info + " do not exist");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long start = firstElement * size; start < end; start += MAX_MAPPED_BYTES) {
                long length = Math.min(MAX_MAPPED_BYTES, end - start);
                ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, offset + start, length)
                        .order(ByteOrder.LITTLE_ENDIAN);
                pieces.accept(start / size, mapped);
            }
        }
    }
}
