package dev.mpo.train.reference;

import dev.mpo.data.loader.SampleRef;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Log-probabilities by row, in memory: 20 bytes for each row of the data sets that have any. */
final class LogpsTable {

    private final int[] rowCounts;
    private final double[][] chosen;
    private final double[][] rejected;
    private final int[][] contents;
    private long size;

    LogpsTable(List<Integer> rowCounts) {
        this.rowCounts = rowCounts.stream().mapToInt(Integer::intValue).toArray();
        this.chosen = new double[this.rowCounts.length][0];
        this.rejected = new double[this.rowCounts.length][0];
        this.contents = new int[this.rowCounts.length][0];
    }

    /** Returns whether the data sets have such a row and its numbers are numbers. */
    boolean accepts(LogpsRecord record) {
        return record.dataset() >= 0
                && record.dataset() < rowCounts.length
                && record.row() >= 0
                && record.row() < rowCounts[record.dataset()]
                && Double.isFinite(record.chosen())
                && Double.isFinite(record.rejected());
    }

    void put(LogpsRecord record) {
        int dataset = record.dataset();
        if (chosen[dataset].length == 0) {
            chosen[dataset] = new double[rowCounts[dataset]];
            rejected[dataset] = new double[rowCounts[dataset]];
            contents[dataset] = new int[rowCounts[dataset]];
            Arrays.fill(chosen[dataset], Double.NaN);
        }
        if (Double.isNaN(chosen[dataset][record.row()])) {
            size++;
        }
        chosen[dataset][record.row()] = record.chosen();
        rejected[dataset][record.row()] = record.rejected();
        contents[dataset][record.row()] = record.content();
    }

    boolean contains(SampleRef ref) {
        double[] values = chosen[ref.dataset()];
        return values.length > 0 && !Double.isNaN(values[ref.row()]);
    }

    LogpsRecord get(SampleRef ref) {
        if (!contains(ref)) {
            throw new IllegalArgumentException("no log-probabilities of " + ref);
        }
        int dataset = ref.dataset();
        int row = ref.row();
        return new LogpsRecord(dataset, row, chosen[dataset][row], rejected[dataset][row], contents[dataset][row]);
    }

    /** Visits all rows in order. */
    void forEach(Consumer<LogpsRecord> visitor) {
        for (int dataset = 0; dataset < chosen.length; dataset++) {
            for (int row = 0; row < chosen[dataset].length; row++) {
                SampleRef ref = new SampleRef(dataset, row);
                if (contains(ref)) {
                    visitor.accept(get(ref));
                }
            }
        }
    }

    long size() {
        return size;
    }
}
