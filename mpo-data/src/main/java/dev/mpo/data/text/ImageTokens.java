package dev.mpo.data.text;

import java.util.List;

/** The strings by which images appear in text. */
public final class ImageTokens {

    /** What stands for an image in a data set's question. */
    public static final String PLACEHOLDER = "<image>";

    /** The token before an image's visual tokens. */
    public static final String START = "<img>";

    /** The token that each visual token replaces. */
    public static final String CONTEXT = "<IMG_CONTEXT>";

    /** The token after an image's visual tokens. */
    public static final String END = "</img>";

    /** The tokens that every InternVL tokenizer has, in the order in which they are added when absent. */
    static final List<String> ALL =
            List.of(START, END, CONTEXT, "<quad>", "</quad>", "<ref>", "</ref>", "<box>", "</box>");

    private ImageTokens() {}

    /** Returns the text of one image that occupies {@code numTokens} positions. */
    public static String of(int numTokens) {
        return START + CONTEXT.repeat(numTokens) + END;
    }
}
