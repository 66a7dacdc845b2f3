package dev.mpo.data.length;

import dev.mpo.data.pair.PairDataset;
import java.util.List;

/** Bytes of lines. */
final class LineLengths implements RowLengths {

    private final List<PairDataset> datasets;

    LineLengths(List<PairDataset> datasets) {
        this.datasets = List.copyOf(datasets);
    }

    @Override
    public int of(int dataset, int row) {
        return (int) Math.min(Integer.MAX_VALUE, datasets.get(dataset).file().byteCount(row));
    }

    /** The bytes of whole files: other rows most likely take other space. */
    @Override
    public long checksum() {
        long sum = 0;
        for (PairDataset dataset : datasets) {
            sum = 31 * sum + dataset.file().byteCount();
        }
        return sum;
    }
}
