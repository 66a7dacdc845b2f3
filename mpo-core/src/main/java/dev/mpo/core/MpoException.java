package dev.mpo.core;

import org.jspecify.annotations.Nullable;

/**
 * A failure that a user can act on. The message says where it happened, what was expected, what was found and how to
 * fix it; the command line prints it on its own, without a stack trace.
 */
public abstract class MpoException extends RuntimeException {

    /** Creates a failure with a complete message and, if there is one, the exception that revealed it. */
    protected MpoException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Returns the exit code of a command that ends with this failure. */
    public abstract int exitCode();
}
