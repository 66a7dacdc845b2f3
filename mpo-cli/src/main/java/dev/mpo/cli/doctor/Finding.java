package dev.mpo.cli.doctor;

/**
 * Something worth knowing about this machine.
 *
 * @param severity how much it matters
 * @param message what was found
 * @param fix what to do about it; empty if nothing needs doing
 */
public record Finding(Severity severity, String message, String fix) {

    /** How much a finding matters. */
    public enum Severity {
        /** Training cannot work on this machine as it is. */
        ERROR,
        /** Training works, but not as well as this machine allows. */
        WARNING,
        /** Nothing is wrong. */
        NOTE
    }
}
