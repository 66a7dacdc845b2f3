package dev.mpo.data.prepare;

import java.nio.file.Path;
import java.util.List;

/**
 * What was done.
 *
 * @param archives archives found
 * @param unpacked members written by this call
 * @param present members that were there already
 * @param bytes bytes written by this call
 * @param metaFile the new meta file
 * @param datasets data sets in it
 * @param missing what is wrong with the others, one line each
 */
public record PrepareReport(
        int archives, long unpacked, long present, long bytes, Path metaFile, int datasets, List<String> missing) {

    /** Copies the list. */
    public PrepareReport {
        missing = List.copyOf(missing);
    }
}
