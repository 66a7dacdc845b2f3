package dev.mpo.eval.benchmark;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The scores of a data set.
 *
 * @param splits the metrics of each part of the data set; a set without parts has one that is called {@code none}
 * @param scored the answers that were scored
 * @param undecided the answers of which the rules cannot tell what they mean; they count as wrong
 */
public record ScoreTable(Map<String, Map<String, Double>> splits, int scored, int undecided) {

    /** The name of the only part of a set without parts. */
    public static final String NONE = "none";

    /** Returns a table without parts. */
    static ScoreTable whole(Map<String, Double> metrics, int scored, int undecided) {
        return new ScoreTable(Map.of(NONE, metrics), scored, undecided);
    }

    /**
     * Returns the metrics under one name each: {@code Overall}, or {@code validation/Overall} where there are parts.
     */
    public Map<String, Double> metrics() {
        Map<String, Double> all = new LinkedHashMap<>();
        splits.forEach((split, metrics) ->
                metrics.forEach((name, value) -> all.put(splits.size() == 1 ? name : split + "/" + name, value)));
        return all;
    }

    /** Returns the share of the answers that could not be decided, 0 to 1. */
    public double undecidedShare() {
        return scored == 0 ? 0 : (double) undecided / scored;
    }
}
