package dev.mpo.data.check;

import dev.mpo.core.DataException;
import dev.mpo.data.pair.PairDataset;
import java.util.ArrayList;
import java.util.List;

/** Collects findings about one row. */
final class Findings {

    private final PairDataset dataset;
    private final int row;
    private final List<Finding> list = new ArrayList<>(0);

    Findings(PairDataset dataset, int row) {
        this.dataset = dataset;
        this.row = row;
    }

    /** Returns what was found. */
    List<Finding> list() {
        return list;
    }

    void add(FindingKind kind, DataException cause) {
        add(kind, String.valueOf(cause.getMessage()));
    }

    /** Adds a finding unless the row has the same already, as two bad copies of one image would give. */
    void add(FindingKind kind, String message) {
        String where = dataset.where(row);
        String plain = message.startsWith(where + ": ") ? message.substring(where.length() + 2) : message;
        Finding finding = new Finding(dataset.name(), row, where, kind, plain);
        if (!list.contains(finding)) {
            list.add(finding);
        }
    }
}
