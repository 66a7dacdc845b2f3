package dev.mpo.data.prepare;

import dev.mpo.core.ConfigException;
import java.nio.file.Path;

/**
 * What to prepare, and what is too much to be true.
 *
 * @param source the downloaded folder: archives, a meta file, or both
 * @param target where archives are unpacked and the new meta file is written; may be the same folder
 * @param maxBytes the most bytes that all archives may unpack to
 * @param maxRatio the most bytes that one byte of an archive may become; small archives are exempt
 * @param checkedRows rows of every annotation file whose images are looked for, spread evenly
 * @param skipMissing whether data sets whose files are not there are left out of the new meta file instead of being an
 *     error
 */
public record PrepareOptions(
        Path source, Path target, long maxBytes, double maxRatio, int checkedRows, boolean skipMissing) {

    /** Checks the ranges. */
    public PrepareOptions {
        if (maxBytes < 1 || !(maxRatio >= 1) || checkedRows < 1) {
            throw new ConfigException("expected a positive number of bytes and rows and a ratio of at least 1, got "
                    + maxBytes + " bytes, " + checkedRows + " rows, ratio " + maxRatio);
        }
    }

    /** Returns options that unpack up to 2 TiB, 200 times the size of an archive, and look at 200 rows of a file. */
    public static PrepareOptions of(Path source, Path target) {
        return new PrepareOptions(source, target, 1L << 41, 200, 200, false);
    }
}
