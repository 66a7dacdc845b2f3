package dev.mpo.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.CheckpointException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One object of a config.json with the place it came from, so that every complaint names file and dotted key. */
record ConfigSection(String file, String prefix, JsonNode node) {

    private static final int MAX_SHOWN = 80;
    private static final double MAX_EPSILON = 0.1;

    Optional<ConfigSection> section(String key) {
        JsonNode child = node.path(key);
        return child.isObject() ? Optional.of(new ConfigSection(file, dotted(key), child)) : Optional.empty();
    }

    ConfigSection requiredSection(String key) {
        return section(key).orElseThrow(() -> wrong(key, "a JSON object"));
    }

    boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** Whether the key is there at all, be it as an explicit null. */
    boolean mentions(String key) {
        return node.has(key);
    }

    int positiveInt(String key) {
        JsonNode value = scalarOrSquare(key);
        if (!value.isIntegralNumber() || value.bigIntegerValue().signum() <= 0) {
            throw wrong(key, "a whole number of 1 or more");
        }
        if (!value.canConvertToInt() || value.intValue() > SizeLimits.of(key)) {
            throw wrong(key, "a whole number of at most " + SizeLimits.of(key));
        }
        return value.intValue();
    }

    int positiveIntOr(String key, int fallback) {
        return has(key) ? positiveInt(key) : fallback;
    }

    int intOr(String key, int fallback) {
        if (!has(key)) {
            return fallback;
        }
        JsonNode value = node.path(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(key, "a whole number");
        }
        return value.intValue();
    }

    double positiveDouble(String key) {
        JsonNode value = node.path(key);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue()) || value.doubleValue() <= 0) {
            throw wrong(key, "a number above 0");
        }
        return value.doubleValue();
    }

    /** Returns the small number that keeps a normalisation from dividing by zero. */
    double epsilon(String key) {
        double value = positiveDouble(key);
        if (value > MAX_EPSILON) {
            throw wrong(key, "a number above 0 and at most " + MAX_EPSILON);
        }
        return value;
    }

    double positiveDoubleOr(String key, double fallback) {
        return has(key) ? positiveDouble(key) : fallback;
    }

    double rateOr(String key, double fallback) {
        if (!has(key)) {
            return fallback;
        }
        JsonNode value = node.path(key);
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() < 1)) {
            throw wrong(key, "a number from 0 to below 1");
        }
        return value.doubleValue();
    }

    boolean flagOr(String key, boolean fallback) {
        if (!has(key)) {
            return fallback;
        }
        if (!node.path(key).isBoolean()) {
            throw wrong(key, "true or false");
        }
        return node.path(key).booleanValue();
    }

    Optional<String> text(String key) {
        return node.path(key).isTextual() ? Optional.of(node.path(key).textValue()) : Optional.empty();
    }

    /** Fails unless the key is absent or holds one of the expected texts. */
    void expectText(String key, String... expected) {
        List<String> allowed = Arrays.asList(expected);
        if (has(key) && text(key).filter(allowed::contains).isEmpty()) {
            throw wrong(key, String.join(" or ", allowed));
        }
    }

    CheckpointException wrong(String key, String expected) {
        return wrong(key, expected, "Take config.json from the same place as the weights");
    }

    CheckpointException wrong(String key, String expected, String fix) {
        String got = node.has(key) ? shortened(node.path(key).toString()) : "nothing";
        return new CheckpointException(
                file + ": key " + dotted(key) + ": expected " + expected + ", got " + got + ". " + fix + ".");
    }

    private static String shortened(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }

    /** Side lengths may be written as one number or, in the transformers-native layout, as [height, width]. */
    private JsonNode scalarOrSquare(String key) {
        JsonNode value = node.path(key);
        if (value.isArray() && value.size() == 2) {
            if (!value.get(0).equals(value.get(1))) {
                throw wrong(key, "a square, both numbers alike");
            }
            return value.get(0);
        }
        return value;
    }

    private String dotted(String key) {
        return prefix.isEmpty() ? key : prefix + "." + key;
    }
}
