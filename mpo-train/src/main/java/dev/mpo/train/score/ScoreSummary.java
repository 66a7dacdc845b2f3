package dev.mpo.train.score;

import org.jspecify.annotations.Nullable;

/**
 * What scoring all pairs of a meta file came to.
 *
 * @param pairs pairs scored
 * @param accuracy share of them that were won, see {@link ScoredPair#win}; NaN if there are none
 * @param meanMargin mean reward margin; null without a reference
 * @param meanChosenLogps mean log-probability of the chosen answers under the policy; NaN if there are none
 * @param meanRejectedLogps mean log-probability of the rejected answers under the policy; NaN if there are none
 * @param bad rows that could not be used and are missing from the file
 * @param dropped rows left out because {@code data.on_too_long} is drop
 * @param truncated pairs scored with a cut answer
 * @param tokens tokens of all sequences scored
 * @param seconds wall time
 */
public record ScoreSummary(
        long pairs,
        double accuracy,
        @Nullable Double meanMargin,
        double meanChosenLogps,
        double meanRejectedLogps,
        long bad,
        long dropped,
        long truncated,
        long tokens,
        double seconds) {}
