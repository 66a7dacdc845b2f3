package dev.mpo.eval.judge.answer;

/** The content of a LaTeX {@code \boxed{}}. */
public final class BoxedText {

    private static final String BOX = "\\boxed{";

    private BoxedText() {}

    /** Returns the content of the last box with its braces balanced, or the whole text where there is none. */
    public static String extract(String text) {
        int box = text.lastIndexOf(BOX);
        if (box < 0) {
            return text;
        }
        int start = box + BOX.length();
        int depth = 1;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return text.substring(start, i);
            }
        }
        return text;
    }
}
