package dev.mpo.core.generate;

/** Watches a generation while it runs, on the thread that runs it. */
public interface GenerationListener {

    /**
     * Is told that an answer begins.
     *
     * @param promptTokens number of tokens of the prompt
     * @param reusedTokens how many of them were read for an earlier prompt and not computed again
     */
    default void onStarted(long request, int sample, int promptTokens, int reusedTokens) {}

    /**
     * Receives a token as it is chosen, before the text that it completes.
     *
     * @param token its number, its log-probability and, on request, those of others
     * @return whether to go on; false ends this answer with {@link FinishReason#CANCELLED}
     */
    default boolean onToken(long request, int sample, ChosenToken token) {
        return true;
    }

    /**
     * Receives new text: whole characters that stay part of the answer.
     *
     * @return whether to go on; false ends this answer with {@link FinishReason#CANCELLED}
     */
    default boolean onText(long request, int sample, String piece) {
        return true;
    }

    /** Receives an answer when it has ended. */
    default void onFinished(Generation generation) {}

    /**
     * Receives the reason why an answer could not be had, so that it can be counted, reported and asked for again. Does
     * nothing more than throw the reason unless overridden: an answer is never lost silently.
     *
     * @param request number of the request, counted from 0 in the order in which they were taken
     * @param sample number of the answer among those to the same prompt
     */
    default void onFailed(long request, int sample, RuntimeException reason) {
        throw reason;
    }
}
