package dev.mpo.eval.benchmark;

import dev.mpo.eval.judge.score.Anls;
import dev.mpo.eval.judge.text.PythonText;

/** The similarity of document questions (ANLS; Biten et al., 2019) as VLMEvalKit computes it. */
public final class DocumentAnswer {

    private static final double THRESHOLD = 0.5;

    private DocumentAnswer() {}

    /**
     * Returns the edit distance of the lower-cased texts with single spaces, divided by the length of the longer text
     * as it is written; 0 for two empty ones.
     */
    public static double distance(String answer, String prediction) {
        int longest =
                Math.max(PythonText.length(PythonText.upper(answer)), PythonText.length(PythonText.upper(prediction)));
        return longest == 0 ? 0 : (double) Anls.distance(squeezed(answer), squeezed(prediction)) / longest;
    }

    /** Returns 1 minus the distance, or 0 if that is below one half. */
    public static double score(String answer, String prediction) {
        double similarity = 1 - distance(answer, prediction);
        return similarity < THRESHOLD ? 0 : similarity;
    }

    private static String squeezed(String text) {
        return String.join(" ", PythonText.words(PythonText.lower(text)));
    }
}
