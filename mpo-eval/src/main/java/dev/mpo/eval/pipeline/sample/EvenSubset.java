package dev.mpo.eval.pipeline.sample;

import java.util.stream.IntStream;

/** An evenly spaced choice of rows from a file that has more than are wanted. */
public final class EvenSubset {

    private EvenSubset() {}

    /**
     * Returns the 0-based rows that are kept, ascending.
     *
     * <p>A file with at most {@code maxRows} rows is kept whole, from its first row on. Otherwise every {@code (rows /
     * maxRows)}-th row is taken, beginning with row {@code start}, until there are {@code maxRows}.
     *
     * @param rows the number of rows there are
     * @param maxRows the largest number of rows to keep, at least 1
     * @param start the first row to keep, at least 0
     */
    public static IntStream rows(int rows, int maxRows, int start) {
        if (maxRows < 1 || start < 0) {
            throw new IllegalArgumentException("maxRows " + maxRows + ", start " + start);
        }
        if (rows <= maxRows) {
            return IntStream.range(0, rows);
        }
        int step = rows / maxRows;
        return IntStream.iterate(start, row -> row < rows, row -> row + step).limit(maxRows);
    }
}
