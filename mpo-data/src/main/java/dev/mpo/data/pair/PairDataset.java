package dev.mpo.data.pair;

import dev.mpo.core.DataException;
import dev.mpo.data.jsonl.JsonlFile;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.meta.MetaEntry;
import dev.mpo.data.meta.MetaFile;
import dev.mpo.data.meta.PathMap;
import dev.mpo.data.source.Media;
import dev.mpo.data.source.MediaSource;
import dev.mpo.data.source.UrlOptions;
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
    private final MediaSource media;

    private PairDataset(MetaEntry entry, JsonlFile file, PathMap pathMap, MediaSource media) {
        this.entry = entry;
        this.file = file;
        this.pathMap = pathMap;
        this.media = media;
    }

    /** Opens the annotation file of an entry whose images are files; the caller closes the data set. */
    public static PairDataset open(MetaEntry entry, PathMap pathMap) {
        return open(entry, pathMap, MediaSource.local());
    }

    /**
     * Opens the annotation file of an entry; the caller closes the data set.
     *
     * @param media finds the images; may serve several data sets, each of which lets go of its archives on closing
     */
    public static PairDataset open(MetaEntry entry, PathMap pathMap, MediaSource media) {
        JsonlFile file = JsonlFile.open(entry.annotation());
        if (entry.length().isPresent() && entry.length().getAsLong() != file.rowCount()) {
            LOG.warn(
                    "{}: length says {} but {} has {} rows; the file counts",
                    entry.where(),
                    entry.length().getAsLong(),
                    file.path(),
                    file.rowCount());
        }
        return new PairDataset(entry, file, pathMap, media);
    }

    /**
     * Reads meta files and opens every data set in them, in order; the caller closes each.
     *
     * @throws DataException if a meta or annotation file is missing or malformed
     */
    public static List<PairDataset> load(List<Path> metaFiles, PathMap pathMap) {
        return openAll(MetaFile.load(metaFiles, pathMap), pathMap, UrlOptions.refused());
    }

    /**
     * Opens data sets in order; the caller closes each.
     *
     * @param urls whether and how images at URLs are read
     * @throws DataException if an annotation file is missing or damaged
     */
    public static List<PairDataset> openAll(List<MetaEntry> entries, PathMap pathMap, UrlOptions urls) {
        MediaSource media = MediaSource.create(urls);
        List<PairDataset> opened = new ArrayList<>();
        try {
            for (MetaEntry entry : entries) {
                opened.add(open(entry, pathMap, media));
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

    /** Returns the annotation file. */
    public JsonlFile file() {
        return file;
    }

    /** Returns what rewrites the beginnings of image paths. */
    public PathMap pathMap() {
        return pathMap;
    }

    /** Reads a row; see {@link JsonlFile#row(int)}. */
    public PreferenceRow row(int row) {
        return file.row(row);
    }

    /**
     * Returns an image or video of this data set: below the root, or elsewhere if the row says where.
     *
     * @throws DataException if it is not something that this run may read; see {@link MediaSource#find}
     */
    public Media media(String name) {
        return media.find(entry.root(), pathMap.apply(name));
    }

    /** Closes the annotation file and lets go of the archives that images were read from. */
    @Override
    public void close() {
        file.close();
        media.close();
    }

    @Override
    public String toString() {
        return name();
    }
}
