package dev.mpo.data.length;

import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairOptions;
import java.util.List;

/** How long rows are, roughly. Implementations are fast and safe for use by several threads. */
public interface RowLengths {

    /**
     * Returns a measure of a row's length, at least 0.
     *
     * @param dataset the 0-based data set
     * @param row the 0-based line
     */
    int of(int dataset, int row);

    /** Returns a number that most likely differs where any length does. */
    long checksum();

    /** Returns the bytes of each row's line, which cost nothing: the index of lines tells them. Images do not count. */
    static RowLengths ofText(List<PairDataset> datasets) {
        return new LineLengths(datasets);
    }

    /**
     * Returns the estimated tokens of each row: those of its tiles, by the sizes in the images' headers, and one for
     * every four bytes of question and answers. They are found once, on all processors, and kept on disk beside each
     * annotation file for as long as it stays as it is; an image that changes is not noticed.
     *
     * @param options how images are cut
     */
    static RowLengths ofTiles(List<PairDataset> datasets, PairOptions options) {
        return TileLengths.of(datasets, options);
    }
}
