package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;

/**
 * The elements of a parameter that this process owns, in one of the vectors that go with the parameters: the weights
 * themselves, their gradients, a moment.
 *
 * @param name full name of the parameter
 * @param spec its shape
 * @param first index of the first owned element in the row-major parameter
 * @param values the owned elements: in the shape of the parameter if they are all of it, else a vector
 */
public record ParameterPiece(String name, ParameterSpec spec, long first, Tensor values) {

    /**
     * Returns the pieces of a buffer, in its order; parameters without owned elements are left out.
     *
     * @param vector a vector over the owned part of the buffer
     * @param views owns the returned tensors, which are views of {@code vector}
     */
    public static List<ParameterPiece> of(ParameterBuffer buffer, Tensor vector, Scope views) {
        List<ParameterPiece> pieces = new ArrayList<>();
        long ownedEnd = buffer.ownedStart() + buffer.ownedLength();
        for (int i = 0; i < buffer.specs().size(); i++) {
            ParameterSpec spec = buffer.specs().get(i);
            long offset = buffer.offsets().get(i);
            long start = Math.max(offset, buffer.ownedStart());
            long count = Math.min(offset + spec.numElements(), ownedEnd) - start;
            if (count > 0) {
                long[] shape = count == spec.numElements() ? spec.shapeArray() : new long[] {count};
                Tensor values = Tensors.view(views, vector, start - buffer.ownedStart(), count, shape);
                pieces.add(new ParameterPiece(buffer.fullName(i), spec, start - offset, values));
            }
        }
        return pieces;
    }

    /** Returns the number of owned elements. */
    public long count() {
        return values.numel();
    }

    /** Returns whether the parameter is owned entirely. */
    public boolean whole() {
        return count() == spec.numElements();
    }
}
