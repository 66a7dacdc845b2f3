package dev.mpo.data.pair;

import dev.mpo.data.image.Tiles;
import java.util.Arrays;

/**
 * A preference pair as the model sees it: two token sequences that begin with the same prompt, and the tiles whose
 * visual tokens both hold.
 *
 * <p>Label spans are [start, end) pairs of token positions, ascending; a label is predicted from the position before
 * it. Image tokens appear in the order of {@link #tiles}, {@code numImageTokens / numTiles} for each. Arrays are handed
 * on without copies: holders must not change them.
 *
 * @param dataset name of the data set
 * @param line 0-based line of the annotation file
 * @param where annotation file and 1-based line, for messages
 * @param tiles the tiles of all images in order; empty for a text-only row, and when pixels were left out
 * @param numTiles the number of tiles, also when pixels were left out
 * @param numImageTokens the number of image tokens in each of the two sequences
 * @param chosenIds prompt and preferred answer
 * @param chosenLabelSpans the trained part of {@code chosenIds}
 * @param rejectedIds prompt and other answer
 * @param rejectedLabelSpans the trained part of {@code rejectedIds}
 * @param chosenTruncated whether the end of {@code chosenIds} was cut off at the length limit
 * @param rejectedTruncated whether the end of {@code rejectedIds} was cut off at the length limit
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data that is handed on, never compared or copied
public record EncodedPair(
        String dataset,
        int line,
        String where,
        Tiles tiles,
        int numTiles,
        int numImageTokens,
        int[] chosenIds,
        int[][] chosenLabelSpans,
        int[] rejectedIds,
        int[][] rejectedLabelSpans,
        boolean chosenTruncated,
        boolean rejectedTruncated) {

    /** Returns the number of trained tokens of the chosen answer; 0 makes its mean loss undefined. */
    public int numChosenLabels() {
        return count(chosenLabelSpans);
    }

    /** Returns the number of trained tokens of the rejected answer. */
    public int numRejectedLabels() {
        return count(rejectedLabelSpans);
    }

    /** Returns whether either answer was cut off. */
    public boolean truncated() {
        return chosenTruncated || rejectedTruncated;
    }

    /** Returns the number of tokens of both sequences together. */
    public int numTokens() {
        return chosenIds.length + rejectedIds.length;
    }

    /** Returns the number of leading tokens that both sequences share. */
    public int commonPrefixLength() {
        int mismatch = Arrays.mismatch(chosenIds, rejectedIds);
        return mismatch < 0 ? chosenIds.length : mismatch;
    }

    private static int count(int[][] spans) {
        int sum = 0;
        for (int[] span : spans) {
            sum += span[1] - span[0];
        }
        return sum;
    }

    @Override
    public String toString() {
        return where + " (" + dataset + ", " + numTiles + " tiles, " + chosenIds.length + " and " + rejectedIds.length
                + " tokens)";
    }
}
