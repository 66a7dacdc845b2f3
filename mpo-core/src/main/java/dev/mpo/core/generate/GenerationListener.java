package dev.mpo.core.generate;

/** Watches a generation while it runs, on the thread that runs it. */
public interface GenerationListener {

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
}
