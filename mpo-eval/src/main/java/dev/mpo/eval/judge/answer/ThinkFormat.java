package dev.mpo.eval.judge.answer;

import dev.mpo.eval.judge.text.PythonText;

/** The reply format of the {@code _r1} prompts: one {@code <think>} section, then an answer with a box. */
public final class ThinkFormat {

    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    private static final int SHORTEST_REASONING = 21;

    private ThinkFormat() {}

    /**
     * Returns whether a response keeps to the format: it begins with the only {@code <think>}, whose section holds
     * reasoning, and the only {@code </think>} is followed by text with a complete {@code \boxed{}}.
     */
    public static boolean matches(String response) {
        if (!response.startsWith(OPEN)
                || PythonText.count(response, OPEN) != 1
                || PythonText.count(response, CLOSE) != 1) {
            return false;
        }
        int close = response.indexOf(CLOSE);
        String answer = PythonText.strip(response.substring(close + CLOSE.length()));
        // The opening tag counts, as in the reference.
        return isReasoning(PythonText.strip(response.substring(0, close)))
                && !BoxedText.extract(answer).equals(answer);
    }

    /** Returns whether a text is long enough, more than 20 characters, to hold any reasoning. */
    public static boolean isReasoning(String text) {
        return PythonText.length(text) >= SHORTEST_REASONING;
    }
}
