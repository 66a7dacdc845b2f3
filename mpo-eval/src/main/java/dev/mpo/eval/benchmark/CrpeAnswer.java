package dev.mpo.eval.benchmark;

import dev.mpo.eval.judge.text.PythonText;

/** Answers to CRPE, whose ground truth reads {@code B. canoe}. */
public final class CrpeAnswer {

    private static final int TEXT_START = 4;
    private static final String LETTERS = "ABCD";

    private CrpeAnswer() {}

    /**
     * Returns whether a prediction is right: its first character is the ground truth's where it is one letter or begins
     * with A to D (so that "Because" is B), else it contains the ground truth from its fifth character on, ignoring
     * case. An empty prediction, on which the kit fails, is wrong.
     */
    public static boolean isRight(String answer, String prediction) {
        if (prediction.isEmpty() || answer.isEmpty()) {
            return false;
        }
        if (PythonText.length(prediction) == 1 || LETTERS.indexOf(prediction.charAt(0)) >= 0) {
            return prediction.charAt(0) == answer.charAt(0);
        }
        String text = answer.length() > TEXT_START ? answer.substring(TEXT_START) : "";
        return PythonText.lower(prediction).contains(PythonText.lower(text));
    }
}
