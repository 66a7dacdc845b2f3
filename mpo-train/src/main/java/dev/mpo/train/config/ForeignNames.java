package dev.mpo.train.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/**
 * What settings are called in the scripts of InternVL, in TRL and in ms-swift, and what they are called here. The table
 * is {@code foreign-names.properties}.
 */
final class ForeignNames {

    private static final String TABLE = "foreign-names.properties";
    private static final Properties NAMES = load();

    private ForeignNames() {}

    /** Returns the setting of this program for another's name; empty if there is none, or not exactly one. */
    static Optional<String> setting(String name) {
        return entry(name).filter(value -> !value.startsWith("!"));
    }

    /**
     * Returns why a known name of another trainer has no setting here; empty for names that are not known or have one.
     */
    static Optional<String> reason(String name) {
        return entry(name).filter(value -> value.startsWith("!")).map(value -> value.substring(1));
    }

    /** Returns half a sentence about a key that is not known here but elsewhere. */
    static Optional<String> advice(String path) {
        String last = path.substring(path.lastIndexOf('.') + 1);
        Optional<String> setting = setting(last);
        return setting.isPresent()
                ? setting.map(key -> "other trainers' " + last + " is " + key + " here")
                : reason(last).map(why -> "other trainers' " + last + " has no counterpart here: " + why);
    }

    private static Optional<String> entry(String name) {
        String key = name.replace('-', '_').toLowerCase(Locale.ROOT);
        return Optional.ofNullable(NAMES.getProperty(key));
    }

    private static Properties load() {
        Properties table = new Properties();
        try (InputStream in = ForeignNames.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new IllegalStateException(TABLE + " is missing from the build");
            }
            Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8);
            table.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }
}
