package dev.mpo.core.safetensors;

import java.util.List;

/**
 * A tensor's name, number format and shape.
 *
 * @param name its name in the file
 * @param type its number format
 * @param shape extents, outermost first; empty for a scalar
 */
public record TensorInfo(String name, StoredType type, List<Long> shape) {

    /** Copies the shape. */
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** Returns the number of elements; throws ArithmeticException if it exceeds a long. */
    public long numElements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Returns the number of bytes; throws ArithmeticException if it exceeds a long. */
    public long numBytes() {
        return Math.multiplyExact(numElements(), (long) type.numBytes());
    }
}
