package dev.mpo.train.config;

import dev.mpo.core.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with a configuration, so that one run of the program reports all of it. */
final class Problems {

    private final List<String> messages = new ArrayList<>();
    private final Set<String> paths = new LinkedHashSet<>();

    /** Adds a problem of one setting; the message says what was expected, what was found and how to fix it. */
    void add(String path, String source, String message) {
        paths.add(path);
        messages.add(path + " (" + source + "): " + message);
    }

    /** Adds a problem of a whole file or flag. */
    void addGeneral(String source, String message) {
        messages.add(source + ": " + message);
    }

    /** Whether a problem of this setting, or of one of its elements, is known already. */
    boolean concerns(String path) {
        return paths.stream().anyMatch(known -> known.equals(path) || known.startsWith(path + "["));
    }

    /** Throws one exception with all problems, if there are any. */
    void throwIfAny() {
        if (messages.size() == 1) {
            throw new ConfigException("configuration: " + messages.get(0));
        }
        if (!messages.isEmpty()) {
            throw new ConfigException(
                    "configuration: " + messages.size() + " problems\n  - " + String.join("\n  - ", messages));
        }
    }
}
