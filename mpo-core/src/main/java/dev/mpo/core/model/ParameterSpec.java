package dev.mpo.core.model;

import java.util.List;

/**
 * A trainable parameter, without its values.
 *
 * @param name name within its stage, such as {@code attention.q.weight}
 * @param shape extents, outermost first
 * @param part the part of the model it belongs to
 * @param kind what it is in its layer
 */
public record ParameterSpec(String name, List<Long> shape, Part part, Kind kind) {

    /** Copies the shape. */
    public ParameterSpec {
        shape = List.copyOf(shape);
    }

    /** Returns the number of elements. */
    public long numElements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Returns the shape as an array, outermost extent first. */
    public long[] shapeArray() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }
}
