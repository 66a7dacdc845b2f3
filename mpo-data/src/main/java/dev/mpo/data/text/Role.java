package dev.mpo.data.text;

import dev.mpo.core.DataException;

/** Who speaks in a {@link Turn}. */
public enum Role {
    /** The instructions before the conversation. */
    SYSTEM,
    /** The person who asks. */
    USER,
    /** The model, whose words are what is trained. */
    ASSISTANT;

    /**
     * Returns the role that a data set's {@code from} field names: {@code system}, {@code human} or {@code gpt}.
     *
     * @throws DataException if it names anything else
     */
    public static Role of(String from) {
        return switch (from) {
            case "system" -> SYSTEM;
            case "human" -> USER;
            case "gpt" -> ASSISTANT;
            default ->
                throw new DataException(
                        "A turn is from '" + from
                                + "'; expected 'system' (first turn only), 'human' or 'gpt'. Rename the speaker or remove the turn");
        };
    }
}
