package dev.mpo.tools.plan;

/**
 * The size of a typical pair.
 *
 * @param tiles tiles of its images
 * @param promptTokens tokens of system message, template and question, visual tokens not counted
 * @param chosenTokens tokens of the chosen answer, its end token included
 * @param rejectedTokens tokens of the rejected answer
 */
public record PairShape(int tiles, int promptTokens, int chosenTokens, int rejectedTokens) {

    /** Tokens that the chat template adds around a question and its image. */
    public static final int TEMPLATE_TOKENS = 30;

    /** Checks the ranges. */
    public PairShape {
        if (tiles < 0 || promptTokens < 1 || chosenTokens < 1 || rejectedTokens < 1) {
            throw new IllegalArgumentException("tiles " + tiles + ", prompt " + promptTokens + ", answers "
                    + chosenTokens + " and " + rejectedTokens);
        }
    }

    /**
     * Returns a pair with two answers of equal length.
     *
     * @param questionTokens tokens of the question alone; the template's come on top
     */
    public static PairShape of(int tiles, int questionTokens, int answerTokens) {
        return new PairShape(tiles, questionTokens + TEMPLATE_TOKENS, answerTokens, answerTokens);
    }

    /** Returns seven tiles, a question of 80 tokens and answers of 250: a picture of 2 x 3 tiles with its thumbnail. */
    public static PairShape typical() {
        return of(7, 80, 250);
    }
}
