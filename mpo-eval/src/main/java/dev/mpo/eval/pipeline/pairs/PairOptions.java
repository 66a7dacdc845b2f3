package dev.mpo.eval.pipeline.pairs;

import dev.mpo.core.ConfigException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How sampled answers become pairs.
 *
 * @param answerFix whether the ground truth is written into chosen answers that contain it
 * @param correctnessCache whether the rows' own {@code is_correct} decides; nothing is parsed or skipped then
 * @param pairsPerKey the most pairs of either kind per image, question and answer; at least 1
 * @param maxLines the number of lines of a file that are read; at least 1
 * @param overwrite whether a file whose pairs exist is done again
 * @param force whether {@code solutions} are added to questions that the model answered right as well
 * @param solutions further responses, for files whose name contains the key
 * @param imageRoot the folder that image paths start from, for the meta file; null for the one that the answers were
 *     sampled with
 */
public record PairOptions(
        boolean answerFix,
        boolean correctnessCache,
        int pairsPerKey,
        int maxLines,
        boolean overwrite,
        boolean force,
        Map<String, Path> solutions,
        @Nullable Path imageRoot) {

    /** Files with more lines than this get fewer pairs per key. */
    private static final int MANY_LINES = 500_000;

    private static final int PAIRS_PER_KEY_OF_MANY = 3;

    /** Checks the limits and copies the map. */
    public PairOptions {
        if (pairsPerKey < 1) {
            throw new ConfigException("--num-pairs-per-key is " + pairsPerKey + ": it must be at least 1");
        }
        if (maxLines < 1) {
            throw new ConfigException("--max-lines is " + maxLines + ": it must be at least 1");
        }
        solutions = new TreeMap<>(solutions);
    }

    /** Returns the defaults: no fix, 15 pairs per key, 1,000,000 lines, finished files are skipped. */
    public static PairOptions defaults() {
        return new PairOptions(false, false, 15, 1_000_000, false, false, Map.of(), null);
    }

    /** Returns the most pairs per key for a file of a number of lines: at most 3 above 500,000 lines. */
    public int pairsPerKey(int lines) {
        return lines > MANY_LINES ? Math.min(pairsPerKey, PAIRS_PER_KEY_OF_MANY) : pairsPerKey;
    }
}
