package dev.mpo.core.generate;

/** Why a generation ended. */
public enum FinishReason {
    /** A stop token or stop string came. */
    STOP,
    /** The largest number of new tokens was reached. */
    LENGTH,
    /** The listener asked for no more. */
    CANCELLED
}
