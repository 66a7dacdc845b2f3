package dev.mpo.cli;

import dev.mpo.core.MpoException;

/** The exit codes of every command; scripts depend on them, so a number is never reused for another meaning. */
public final class ExitCodes {

    /** The command did what was asked. */
    public static final int OK = 0;
    /** A failure that the user cannot fix by changing the input: a bug, a full disk, memory exhausted. */
    public static final int INTERNAL = 1;
    /** A wrong command line or a wrong setting. */
    public static final int USAGE = 2;
    /** Training or evaluation data that cannot be used. */
    public static final int DATA = 3;
    /** A model or checkpoint that cannot be used. */
    public static final int CHECKPOINT = 4;
    /** Training produced numbers that are not finite. */
    public static final int DIVERGED = 5;
    /** The run was asked to stop and saved its state first. */
    public static final int INTERRUPTED = 130;

    private ExitCodes() {}

    /** Returns the exit code of a failure: the code of its kind, or of the nearest cause that has a kind, or 1. */
    public static int of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MpoException known && known.exitCode() != INTERNAL) {
                return known.exitCode();
            }
        }
        return INTERNAL;
    }
}
