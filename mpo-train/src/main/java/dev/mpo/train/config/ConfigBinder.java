package dev.mpo.train.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns values by dotted path into settings records.
 *
 * <p>A value that does not fit becomes a problem and the default takes its place, so that binding goes on and finds the
 * next one.
 */
final class ConfigBinder {

    private final Map<String, JsonNode> values;
    private final Map<String, JsonNode> defaults;
    private final Map<String, String> sources;
    private final Problems problems;

    ConfigBinder(
            Map<String, JsonNode> values,
            Map<String, JsonNode> defaults,
            Map<String, String> sources,
            Problems problems) {
        this.values = values;
        this.defaults = defaults;
        this.sources = sources;
        this.problems = problems;
    }

    RunConfig bind() {
        return bind(RunConfig.class, "");
    }

    private <T> T bind(Class<T> type, String path) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        @Nullable Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String child = Schema.child(path, components[i]);
            Setting setting = Schema.RUN.setting(child);
            arguments[i] = setting == null ? bind(types[i], child) : read(setting);
        }
        try {
            return type.getDeclaredConstructor(types).newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("settings " + path + " refuse checked values", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot create the settings " + path, e);
        }
    }

    private @Nullable Object read(Setting setting) {
        String path = setting.path();
        JsonNode fallback = defaults.get(path);
        if (fallback == null) {
            throw new IllegalStateException("defaults.yaml lacks " + path);
        }
        try {
            return setting.read(values.getOrDefault(path, fallback));
        } catch (Setting.Mismatch e) {
            problems.add(path + e.suffix(), sources.getOrDefault(path, "?"), e.getMessage() + "; default: " + fallback);
            return readDefault(setting, fallback);
        }
    }

    private static @Nullable Object readDefault(Setting setting, JsonNode fallback) {
        try {
            return setting.read(fallback);
        } catch (Setting.Mismatch e) {
            throw new IllegalStateException("the default of " + setting.path() + " does not fit", e);
        }
    }
}
