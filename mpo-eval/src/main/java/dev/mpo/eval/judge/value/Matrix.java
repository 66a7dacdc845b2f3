package dev.mpo.eval.judge.value;

import java.util.List;

/**
 * A matrix or vector.
 *
 * @param rows the cells of each row
 */
record Matrix(List<List<AnswerValue>> rows) implements AnswerValue {

    public Matrix {
        rows = rows.stream().map(List::copyOf).toList();
    }

    @Override
    public Comparison compare(AnswerValue other) {
        return other instanceof Matrix matrix
                ? Comparison.inOrder(rows, matrix.rows, (a, b) -> Comparison.inOrder(a, b, AnswerValue::compare))
                : Comparison.UNKNOWN;
    }
}
