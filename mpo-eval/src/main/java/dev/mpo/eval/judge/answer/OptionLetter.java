package dev.mpo.eval.judge.answer;

import dev.mpo.eval.judge.text.PythonText;
import java.util.Optional;

/** The letter of a multiple-choice option. */
public final class OptionLetter {

    private static final String LETTERS = "ABCDEFGHIJKLMN";

    private OptionLetter() {}

    /** Returns whether a text is one of the letters A to N, in upper case. */
    public static boolean isLetter(String text) {
        return text.length() == 1 && LETTERS.contains(text);
    }

    /**
     * Returns the option that an answer names, in upper case: {@code B}, {@code b. cat}, {@code (B) cat} or
     * {@code **B**}; any single character counts as an option. Nothing if the answer begins otherwise.
     */
    public static Optional<String> of(String answer) {
        String text = PythonText.upper(PythonText.strip(PythonText.strip(PythonText.strip(answer), '*')));
        int[] characters = text.codePoints().toArray();
        if (characters.length == 1) {
            return Optional.of(text);
        }
        if (characters.length > 1 && !Character.isLetter(characters[1]) && isLetter(characters[0])) {
            return Optional.of(Character.toString(characters[0]));
        }
        if (characters.length > 2 && characters[0] == '(' && characters[2] == ')' && isLetter(characters[1])) {
            return Optional.of(Character.toString(characters[1]));
        }
        return Optional.empty();
    }

    private static boolean isLetter(int character) {
        return isLetter(Character.toString(character));
    }
}
