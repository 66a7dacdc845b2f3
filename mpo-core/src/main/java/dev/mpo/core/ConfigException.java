package dev.mpo.core;

/** A setting, flag or file name given by the user that cannot be used. */
public final class ConfigException extends MpoException {

    /** Creates the failure; the message names the place, the expectation, the finding and the fix. */
    public ConfigException(String message) {
        super(message, null);
    }

    /** As {@link #ConfigException(String)}, with the exception that revealed the problem. */
    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 2;
    }
}
