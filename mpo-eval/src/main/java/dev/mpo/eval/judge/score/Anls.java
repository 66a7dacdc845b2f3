package dev.mpo.eval.judge.score;

import dev.mpo.eval.judge.text.PythonText;

/**
 * The average normalised Levenshtein similarity of document questions (Biten et al., "Scene text visual question
 * answering", 2019), for one ground truth.
 *
 * <p>The reference scores the distance in place of the similarity, so that it calls right what has nothing in common
 * with the ground truth. This is the similarity.
 */
public final class Anls {

    /** Below this similarity an answer counts as wrong, not as misread. */
    private static final double THRESHOLD = 0.5;

    private Anls() {}

    /**
     * Returns 1 minus the edit distance divided by the length of the longer text, or 0 if that is below one half; case
     * and the amount of white space do not count. Two blank texts are the same.
     */
    public static double of(String answer, String groundTruth) {
        String given = normalize(answer);
        String wanted = normalize(groundTruth);
        int longest = Math.max(PythonText.length(given), PythonText.length(wanted));
        double similarity = longest == 0 ? 1 : 1 - (double) distance(given, wanted) / longest;
        return similarity < THRESHOLD ? 0 : similarity;
    }

    /** Returns the Levenshtein distance: the fewest insertions, deletions and replacements of characters. */
    public static int distance(String a, String b) {
        int[] first = a.codePoints().toArray();
        int[] second = b.codePoints().toArray();
        int[] row = new int[first.length + 1];
        for (int i = 0; i < row.length; i++) {
            row[i] = i;
        }
        for (int j = 0; j < second.length; j++) {
            int diagonal = row[0];
            row[0] = j + 1;
            for (int i = 0; i < first.length; i++) {
                int replaced = first[i] == second[j] ? diagonal : 1 + Math.min(diagonal, Math.min(row[i], row[i + 1]));
                diagonal = row[i + 1];
                row[i + 1] = replaced;
            }
        }
        return row[first.length];
    }

    private static String normalize(String text) {
        return String.join(" ", PythonText.words(PythonText.lower(text)));
    }
}
