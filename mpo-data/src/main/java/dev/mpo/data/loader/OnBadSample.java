package dev.mpo.data.loader;

import dev.mpo.core.ConfigException;

/** What happens to a row that cannot be used, whatever the reason. */
public enum OnBadSample {
    /** It is counted and reported, and another row of its data set takes its place; too many of them stop the run. */
    REPLACE,
    /** It stops the run. */
    FAIL;

    /**
     * Returns the policy that a value of {@code data.on_bad_sample} names.
     *
     * @throws ConfigException if it names none
     */
    public static OnBadSample of(String value) {
        return switch (value) {
            case "replace" -> REPLACE;
            case "fail" -> FAIL;
            default -> throw new ConfigException("data.on_bad_sample: expected replace or fail, got \"" + value + "\"");
        };
    }
}
