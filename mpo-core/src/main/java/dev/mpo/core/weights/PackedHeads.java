package dev.mpo.core.weights;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the heads lie in InternLM2's packed projection: per key head, the rows of its query heads, of the key head and
 * of the value head follow each other.
 *
 * @param numHeads query heads
 * @param numKeyValueHeads key heads
 * @param headDim rows of one head
 */
public record PackedHeads(int numHeads, int numKeyValueHeads, int headDim) {

    /** Returns the rows of the queries (0), keys (1) or values (2). */
    List<RowRange> rows(int which) {
        long queries = numHeads / numKeyValueHeads;
        long group = (queries + 2) * headDim;
        List<RowRange> rows = new ArrayList<>();
        for (int i = 0; i < numKeyValueHeads; i++) {
            long start = i * group;
            rows.add(
                    which == 0
                            ? new RowRange(start, queries * headDim)
                            : new RowRange(start + (queries + which - 1) * headDim, headDim));
        }
        return rows;
    }

    /** Returns the rows of the whole projection. */
    long packedRows() {
        return (numHeads + 2L * numKeyValueHeads) * headDim;
    }
}
