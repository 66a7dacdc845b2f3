package dev.mpo.train.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes settings records under the names that {@link ConfigLoader} reads. */
final class ConfigWriter {

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();

    private ConfigWriter() {}

    static String toYaml(RunConfig config) {
        try {
            return YAML.writeValueAsString(toTree(config));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the settings as YAML", e);
        }
    }

    /** Every setting as JSON text by its dotted path. */
    static Map<String, String> flat(RunConfig config) {
        ObjectNode tree = toTree(config);
        Map<String, String> all = new LinkedHashMap<>();
        for (String path : Schema.RUN.settings().keySet()) {
            all.put(path, tree.at("/" + path.replace('.', '/')).toString());
        }
        return all;
    }

    /** Every setting as JSON, nulls included. */
    static ObjectNode toTree(Record settings) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            try {
                Object value = component.getAccessor().invoke(settings);
                boolean oneOrMany = component.isAnnotationPresent(OneOrMany.class);
                object.set(Schema.snakeCase(component.getName()), toNode(oneOrMany ? shortest(value) : value));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot read the setting " + component, e);
            }
        }
        return object;
    }

    /** A list of one as the one, an empty list as nothing. */
    private static @Nullable Object shortest(@Nullable Object value) {
        if (value instanceof List<?> list && list.size() < 2) {
            return list.isEmpty() ? null : list.get(0);
        }
        return value;
    }

    private static JsonNode toNode(@Nullable Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (value == null) {
            return nodes.nullNode();
        }
        if (value instanceof Record section) {
            return toTree(section);
        }
        if (value instanceof Enum<?> constant) {
            return nodes.textNode(Setting.nameOf(constant));
        }
        if (value instanceof List<?> list) {
            ArrayNode array = nodes.arrayNode();
            list.forEach(element -> array.add(toNode(element)));
            return array;
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = nodes.objectNode();
            map.forEach((key, entry) -> object.set(String.valueOf(key), toNode(entry)));
            return object;
        }
        return scalar(value);
    }

    private static JsonNode scalar(Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (value instanceof String text) {
            return nodes.textNode(text);
        }
        if (value instanceof Boolean flag) {
            return nodes.booleanNode(flag);
        }
        if (value instanceof Integer number) {
            return nodes.numberNode(number);
        }
        if (value instanceof Long number) {
            return nodes.numberNode(number);
        }
        return nodes.numberNode((Double) value);
    }
}
