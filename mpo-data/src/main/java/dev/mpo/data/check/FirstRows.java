package dev.mpo.data.check;

/** Remembers under each hash the first row that had it: two arrays, twelve bytes a slot. */
final class FirstRows {

    private static final int FIRST_CAPACITY = 1 << 12;

    private long[] hashes = new long[FIRST_CAPACITY];
    /** Row numbers plus one; zero marks an empty slot. */
    private int[] rows = new int[FIRST_CAPACITY];

    private int size;

    /** Notes a row and returns the earlier one with its hash, or -1 if it is the first. */
    int note(long hash, int row) {
        if (size >= rows.length / 4 * 3) {
            grow();
        }
        int at = slot(hashes, rows, hash);
        if (rows[at] != 0) {
            return rows[at] - 1;
        }
        hashes[at] = hash;
        rows[at] = row + 1;
        size++;
        return -1;
    }

    private void grow() {
        long[] moreHashes = new long[hashes.length * 2];
        int[] moreRows = new int[rows.length * 2];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] != 0) {
                int at = slot(moreHashes, moreRows, hashes[i]);
                moreHashes[at] = hashes[i];
                moreRows[at] = rows[i];
            }
        }
        hashes = moreHashes;
        rows = moreRows;
    }

    private static int slot(long[] hashes, int[] rows, long hash) {
        int at = (int) (hash ^ (hash >>> 32)) & (rows.length - 1);
        while (rows[at] != 0 && hashes[at] != hash) {
            at = (at + 1) & (rows.length - 1);
        }
        return at;
    }
}
