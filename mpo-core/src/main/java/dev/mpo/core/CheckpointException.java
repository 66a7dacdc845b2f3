package dev.mpo.core;

/** A model or checkpoint folder that is missing, damaged or does not fit its own configuration. */
public final class CheckpointException extends MpoException {

    /** Creates the failure; the message names the place, the expectation, the finding and the fix. */
    public CheckpointException(String message) {
        super(message, null);
    }

    /** As {@link #CheckpointException(String)}, with the exception that revealed the problem. */
    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 4;
    }
}
