package dev.mpo.data.text;

/**
 * One contribution to a conversation.
 *
 * @param role who speaks
 * @param text what is said; in a user's turn each {@value ImageTokens#PLACEHOLDER} stands for the next image
 */
public record Turn(Role role, String text) {

    /** Returns the instructions before a conversation. */
    public static Turn system(String text) {
        return new Turn(Role.SYSTEM, text);
    }

    /** Returns a question. */
    public static Turn user(String text) {
        return new Turn(Role.USER, text);
    }

    /** Returns an answer. */
    public static Turn assistant(String text) {
        return new Turn(Role.ASSISTANT, text);
    }
}
