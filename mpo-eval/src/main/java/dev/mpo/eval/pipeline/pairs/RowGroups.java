package dev.mpo.eval.pipeline.pairs;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntToLongFunction;

/**
 * Which rows of a file share a key, in order of the keys' first rows: a few bytes per row, so that a file of any size
 * is worked through one key at a time.
 */
final class RowGroups {

    private final int[] starts; // the rows of group g are rows[starts[g]] .. rows[starts[g + 1] - 1]
    private final int[] rows;
    private final Map<Long, Integer> groupOfHash;

    private RowGroups(int[] starts, int[] rows, Map<Long, Integer> groupOfHash) {
        this.starts = starts;
        this.rows = rows;
        this.groupOfHash = groupOfHash;
    }

    /**
     * Groups the rows {@code 0 .. count-1}.
     *
     * @param hash the hash of a row's key; called once per row, in order
     */
    static RowGroups of(int count, IntToLongFunction hash) {
        Map<Long, Integer> groupOfHash = new HashMap<>();
        int[] groups = new int[count];
        for (int row = 0; row < count; row++) {
            Integer next = groupOfHash.size();
            Integer group = groupOfHash.putIfAbsent(hash.applyAsLong(row), next);
            groups[row] = group == null ? next : group;
        }
        int[] starts = new int[groupOfHash.size() + 1];
        for (int group : groups) {
            starts[group + 1]++;
        }
        for (int group = 0; group < starts.length - 1; group++) {
            starts[group + 1] += starts[group];
        }
        int[] rows = new int[count];
        int[] filled = starts.clone();
        for (int row = 0; row < count; row++) {
            rows[filled[groups[row]]++] = row;
        }
        return new RowGroups(starts, rows, groupOfHash);
    }

    int count() {
        return starts.length - 1;
    }

    /** The rows of a group, ascending. */
    int[] rows(int group) {
        return Arrays.copyOfRange(rows, starts[group], starts[group + 1]);
    }

    /** The rows whose key has a hash, ascending; none if no row has it. */
    int[] rowsWithHash(long hash) {
        Integer group = groupOfHash.get(hash);
        return group == null ? new int[0] : rows(group);
    }
}
