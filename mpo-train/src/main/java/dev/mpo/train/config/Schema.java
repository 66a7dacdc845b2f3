package dev.mpo.train.config;

import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All settings of a record of settings records, by dotted path. */
final class Schema {

    /** The settings of a training run. */
    static final Schema RUN = new Schema(RunConfig.class);

    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final Set<String> sections = new LinkedHashSet<>();

    Schema(Class<? extends Record> root) {
        addSection("", root);
    }

    private void addSection(String path, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            String child = child(path, component);
            if (component.getType().isRecord()) {
                sections.add(child);
                addSection(child, component.getType());
            } else {
                settings.put(child, new Setting(child, component));
            }
        }
    }

    /** The setting with this path, or null. */
    @Nullable Setting setting(String path) {
        return settings.get(path);
    }

    /** Whether the path names a group of settings, such as {@code train}. */
    boolean isSection(String path) {
        return path.isEmpty() || sections.contains(path);
    }

    /** All settings in the order of their declaration. */
    Map<String, Setting> settings() {
        return Collections.unmodifiableMap(settings);
    }

    /** The path of a record component below the path of its record. */
    static String child(String path, RecordComponent component) {
        return child(path, snakeCase(component.getName()));
    }

    /** The path of a key below the path of its section. */
    static String child(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Turns {@code adamBeta1} into {@code adam_beta1}. */
    static String snakeCase(String camelCase) {
        return camelCase.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
