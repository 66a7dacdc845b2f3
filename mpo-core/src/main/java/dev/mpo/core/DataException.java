package dev.mpo.core;

/** Input data (meta file, row, image, tokenizer file) that is missing, malformed or contradicts the settings. */
public final class DataException extends MpoException {

    /** Creates the failure; the message names the place, the expectation, the finding and the fix. */
    public DataException(String message) {
        super(message, null);
    }

    /** As {@link #DataException(String)}, with the exception that revealed the problem. */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 3;
    }
}
