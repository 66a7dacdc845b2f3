package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import org.jspecify.annotations.Nullable;

/** The number of threads that a command uses. */
final class Workers {

    private Workers() {}

    /** Returns the number given with {@code --workers}, or one for each processor. */
    static int orAll(@Nullable Integer given) {
        if (given == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        if (given < 1) {
            throw new ConfigException("--workers: expected at least 1, got " + given);
        }
        return given;
    }
}
