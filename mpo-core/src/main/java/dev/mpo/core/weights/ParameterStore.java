package dev.mpo.core.weights;

import dev.mpo.core.safetensors.StoredType;
import java.nio.ByteBuffer;

/**
 * The values of a model's parameters, reached by full internal name as bytes: little-endian, row-major. The engine's
 * flat buffers implement it; so does {@link HeapParameterStore}.
 */
public interface ParameterStore {

    /** Returns the number format that a parameter's values are kept in: single or bfloat16. */
    StoredType type(String parameter);

    /**
     * Sets a run of a parameter's elements.
     *
     * @param firstElement index of the first element in the row-major parameter
     * @param elements whole elements of {@link #type}
     */
    void write(String parameter, long firstElement, ByteBuffer elements);

    /**
     * Copies a run of a parameter's elements.
     *
     * @param firstElement index of the first element in the row-major parameter
     * @param target room for whole elements of {@link #type}; filled to its limit
     */
    void read(String parameter, long firstElement, ByteBuffer target);
}
