package dev.mpo.core;

/** A loss, gradient or weight that stopped being a finite number. */
public final class TrainingDivergedException extends MpoException {

    /** Creates the failure; the message names the place, the expectation, the finding and the fix. */
    public TrainingDivergedException(String message) {
        super(message, null);
    }

    /** As {@link #TrainingDivergedException(String)}, with the exception that revealed the problem. */
    public TrainingDivergedException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 5;
    }
}
