package dev.mpo.core;

/** A run that was asked to stop and saved its state before doing so. */
public final class InterruptedRunException extends MpoException {

    /** Creates the failure; the message names the place, the expectation, the finding and the fix. */
    public InterruptedRunException(String message) {
        super(message, null);
    }

    /** As {@link #InterruptedRunException(String)}, with the exception that revealed the problem. */
    public InterruptedRunException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 130;
    }
}
