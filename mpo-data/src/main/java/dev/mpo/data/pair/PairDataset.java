package dev.mpo.data.pair;

import dev.mpo.core.DataException;
import dev.mpo.data.jsonl.JsonlFile;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.meta.MetaEntry;
import dev.mpo.data.meta.MetaFile;
import dev.mpo.data.meta.PathMap;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A data set of a run: its entry in the meta file and its open annotation file. Safe for use by several threads. */
public final class PairDataset implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PairDataset.class);

    private final MetaEntry entry;
    private final JsonlFile file;
    private final PathMap pathMap;

    private PairDataset(MetaEntry entry, JsonlFile file, PathMap pathMap) {
        this.entry = entry;
        this.file = file;
        this.pathMap = pathMap;
    }

    /** Opens the annotation file of an entry; the caller closes the data set. */
    public static PairDataset open(MetaEntry entry, PathMap pathMap) {
        JsonlFile file = JsonlFile.open(entry.annotation());
        if (entry.length().isPresent() && entry.length().getAsLong() != file.rowCount()) {
            LOG.warn(
                    "{}: length says {} but {} has {} rows; the file counts",
                    entry.where(),
                    entry.length().getAsLong(),
                    file.path(),
                    file.rowCount());
        }
        return new PairDataset(entry, file, pathMap);
    }

    /**
     * Reads meta files and opens every data set in them, in order; the caller closes each.
     *
     * @throws DataException if a meta or annotation file is missing or malformed
     */
    public static List<PairDataset> load(List<Path> metaFiles, PathMap pathMap) {
        return openAll(MetaFile.load(metaFiles, pathMap), pathMap);
    }

    /**
     * Opens data sets in order; the caller closes each.
     *
     * @throws DataException if an annotation file is missing or damaged
     */
    public static List<PairDataset> openAll(List<MetaEntry> entries, PathMap pathMap) {
        List<PairDataset> opened = new ArrayList<>();
        try {
            for (MetaEntry entry : entries) {
                opened.add(open(entry, pathMap));
            }
        } catch (RuntimeException e) {
            opened.forEach(PairDataset::close);
            throw e;
        }
        return List.copyOf(opened);
    }

    /** Returns the name of the data set in the meta file. */
    public String name() {
        return entry.name();
    }

    /** Returns the entry in the meta file. */
    public MetaEntry entry() {
        return entry;
    }

    /** Returns the number of rows of the annotation file. */
    public int rowCount() {
        return file.rowCount();
    }

    /** Returns how many pairs an epoch takes from this data set. */
    public long pairsPerEpoch() {
        return entry.pairsPerEpoch(file.rowCount());
    }

    /** Returns {@code file:line} with the 1-based line of a 0-based row. */
    public String where(int row) {
        return file.where(row);
    }

    /** Reads a row; see {@link JsonlFile#row(int)}. */
    public PreferenceRow row(int row) {
        return file.row(row);
    }

    /**
     * Returns where an image of this data set lies: below the root, or the path itself if it is absolute.
     *
     * @throws DataException if it is not a path of this machine
     */
    public Path imagePath(String image) {
        String mapped = pathMap.apply(image);
        if (mapped.contains("://")) {
            throw new DataException(
                    "image \"" + mapped + "\": expected a local path, got an address: fetch the image, and"
                            + " rewrite the beginning of its path with data.path_map");
        }
        try {
            return entry.root().resolve(mapped);
        } catch (InvalidPathException e) {
            throw new DataException("image \"" + mapped + "\" is not a path: " + e.getMessage(), e);
        }
    }

    /** Closes the annotation file. */
    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return name();
    }
}
