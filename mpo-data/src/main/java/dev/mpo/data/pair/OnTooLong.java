package dev.mpo.data.pair;

import dev.mpo.core.ConfigException;
import java.util.Locale;

/** What happens to a pair that is longer than {@code data.max_seq_length}. */
public enum OnTooLong {
    /** The answer is cut at the limit, as the reference does; a pair whose image tokens do not fit stops the run. */
    CUT,
    /** The pair is left out and another takes its place. */
    DROP,
    /** The run stops. */
    FAIL;

    /**
     * Returns the policy that a value of {@code data.on_too_long} names.
     *
     * @throws ConfigException if it names none
     */
    public static OnTooLong of(String value) {
        return switch (value) {
            case "cut" -> CUT;
            case "drop" -> DROP;
            case "fail" -> FAIL;
            default -> throw new ConfigException("data.on_too_long: expected cut, drop or fail, got \"" + value + "\"");
        };
    }

    /** Returns the name as a configuration file spells it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
