package dev.mpo.eval.judge.score;

import dev.mpo.eval.judge.text.PythonText;

/** Equality of option letters. */
public final class MultipleChoice {

    private MultipleChoice() {}

    /**
     * Returns whether an answer is the ground truth, ignoring case, or begins with it as in {@code B.} or {@code (B)}.
     */
    public static boolean isRight(String answer, String groundTruth) {
        String given = PythonText.strip(answer);
        String wanted = PythonText.strip(groundTruth);
        return PythonText.sameIgnoringCase(given, wanted) || PythonText.sameIgnoringCase(option(given), wanted);
    }

    private static String option(String answer) {
        int[] characters = answer.codePoints().toArray();
        if (characters.length >= 2 && characters[1] == '.') {
            return Character.toString(characters[0]);
        }
        if (characters.length >= 3 && characters[0] == '(' && characters[2] == ')') {
            return Character.toString(characters[1]);
        }
        return answer;
    }
}
