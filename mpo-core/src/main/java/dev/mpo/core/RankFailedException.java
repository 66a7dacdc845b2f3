package dev.mpo.core;

import org.jspecify.annotations.Nullable;

/** A run of several processes that cannot go on because one of them failed, died or hangs. */
public final class RankFailedException extends MpoException {

    private final int exitCode;

    /**
     * Creates the failure.
     *
     * @param message which rank, what happened to it, and what to do
     * @param exitCode the exit code for every process of the run: that of the failed one
     */
    public RankFailedException(String message, int exitCode) {
        this(message, exitCode, null);
    }

    /** As {@link #RankFailedException(String, int)}, with the exception that revealed the problem. */
    public RankFailedException(String message, int exitCode, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The exit code for every process of the run. */
    @Override
    public int exitCode() {
        return exitCode;
    }
}
