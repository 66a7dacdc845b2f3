package dev.mpo.core.weights;

import java.util.List;

/**
 * Where a stored tensor's values belong: its rows are the given rows of one parameter, run after run.
 *
 * @param storedName the tensor's name in the layout
 * @param storedShape its shape
 * @param parameter full internal name of the parameter
 * @param rows the rows of the parameter that the tensor holds, in the tensor's order
 * @param rowElements elements of one row
 */
public record TensorMapping(
        String storedName, List<Long> storedShape, String parameter, List<RowRange> rows, long rowElements) {

    /** Copies the lists. */
    public TensorMapping {
        storedShape = List.copyOf(storedShape);
        rows = List.copyOf(rows);
    }
}
