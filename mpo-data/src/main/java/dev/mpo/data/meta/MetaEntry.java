package dev.mpo.data.meta;

import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One data set of a run, as its meta file describes it, with every path resolved.
 *
 * @param name the key in the meta file, unique in a run
 * @param where the meta file and key, for messages
 * @param root the folder that image paths start from
 * @param annotation the JSONL file, which exists
 * @param repeatTime below 1 the share of the rows that takes part, from 1 on the number of copies (rounded down)
 * @param length the number of rows the meta file claims; informational
 * @param dataAugment whether the meta file asks for JPEG re-encoding of the tiles
 * @param maxDynamicPatch this data set's own limit of tiles per row, in place of the run's
 */
public record MetaEntry(
        String name,
        String where,
        Path root,
        Path annotation,
        double repeatTime,
        OptionalLong length,
        boolean dataAugment,
        OptionalInt maxDynamicPatch) {

    /** Returns the same entry with another {@code repeat_time}. */
    public MetaEntry withRepeatTime(double times) {
        return new MetaEntry(name, where, root, annotation, times, length, dataAugment, maxDynamicPatch);
    }

    /**
     * Returns how many pairs a pass over this data set takes: {@code int(rows x repeatTime)} below 1, {@code rows x
     * int(repeatTime)} from 1 on.
     */
    public long pairsPerEpoch(int rows) {
        return repeatTime < 1 ? (long) (rows * repeatTime) : rows * (long) repeatTime;
    }
}
