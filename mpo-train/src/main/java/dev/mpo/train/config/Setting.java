package dev.mpo.train.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One setting: its dotted path and the record component that holds it.
 *
 * @param path such as {@code train.learning_rate}
 * @param component the component, whose type, annotations and generic arguments say what the setting accepts
 */
record Setting(String path, RecordComponent component) {

    /** A value that a setting does not accept. */
    static final class Mismatch extends Exception {

        private static final long serialVersionUID = 1;

        private final String suffix;

        Mismatch(String suffix, String expected, String got) {
            super("expected " + expected + ", got " + got);
            this.suffix = suffix;
        }

        /** What to append to the setting's path to name the offending element: empty, or such as {@code [2]}. */
        String suffix() {
            return suffix;
        }
    }

    /** Whether the setting's value is a mapping with free keys. */
    boolean isMap() {
        return component.getType() == Map.class;
    }

    /** Whether the setting is a list that may be given as one value. */
    boolean isOneOrMany() {
        return component.isAnnotationPresent(OneOrMany.class);
    }

    /** Whether null, "decided elsewhere", is accepted. */
    boolean isNullable() {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /** Converts a value without coercion. */
    @Nullable Object read(JsonNode value) throws Mismatch {
        if (value.isNull() && isNullable()) {
            return null;
        }
        if (isOneOrMany() && !value.isArray()) {
            return readOne(value);
        }
        Type type = component.getGenericType();
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            return isMap() ? readMap(value, (Class<?>) arguments[1]) : readList(value, (Class<?>) arguments[0]);
        }
        return readScalar(value, (Class<?>) type, "");
    }

    private List<String> readOne(JsonNode value) throws Mismatch {
        if (!value.isTextual() && !value.isNull()) {
            throw new Mismatch("", "text, a list of texts such as [a, b], or null", show(value));
        }
        return value.isNull() ? List.of() : List.of(value.textValue());
    }

    private Map<String, Object> readMap(JsonNode value, Class<?> valueType) throws Mismatch {
        if (!value.isObject()) {
            throw new Mismatch("", "a mapping of text to " + describe(valueType), show(value));
        }
        Map<String, Object> result = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            result.put(entry.getKey(), readScalar(entry.getValue(), valueType, "[" + entry.getKey() + "]"));
        }
        return result;
    }

    private List<Object> readList(JsonNode value, Class<?> elementType) throws Mismatch {
        if (!value.isArray()) {
            throw new Mismatch("", "a list such as [a, b], each element " + describe(elementType), show(value));
        }
        List<Object> result = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            result.add(readScalar(value.get(i), elementType, "[" + i + "]"));
        }
        return result;
    }

    private Object readScalar(JsonNode value, Class<?> type, String suffix) throws Mismatch {
        Object result = convert(value, type);
        if (result == null || (result instanceof Number number && !inRange(number))) {
            String absent = suffix.isEmpty() && isNullable() ? ", or null" : "";
            throw new Mismatch(suffix, describe(type) + absent, show(value));
        }
        return result;
    }

    private static @Nullable Object convert(JsonNode value, Class<?> type) {
        if (type == String.class) {
            return value.isTextual() ? value.textValue() : null;
        }
        if (type == boolean.class || type == Boolean.class) {
            return value.isBoolean() ? value.booleanValue() : null;
        }
        if (type == int.class || type == Integer.class) {
            return value.isIntegralNumber() && value.canConvertToInt() ? value.intValue() : null;
        }
        if (type == long.class) {
            return value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : null;
        }
        if (type == double.class || type == Double.class) {
            return value.isNumber() && Double.isFinite(value.doubleValue()) ? value.doubleValue() : null;
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(constant -> value.isTextual() && nameOf(constant).equals(value.textValue()))
                    .findFirst()
                    .orElse(null);
        }
        throw new IllegalStateException("no way to read settings of type " + type);
    }

    private boolean inRange(Number number) {
        Range range = component.getAnnotation(Range.class);
        double value = number.doubleValue();
        return range == null
                || (value >= range.min() && value <= range.max() && value > range.above() && value < range.below());
    }

    private String describe(Class<?> type) {
        if (type == String.class) {
            return "text";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(Setting::nameOf)
                            .collect(Collectors.joining(", "));
        }
        boolean whole = type == int.class || type == Integer.class || type == long.class;
        return (whole ? "a whole number" : "a number") + describeRange();
    }

    private String describeRange() {
        Range range = component.getAnnotation(Range.class);
        List<String> bounds = new ArrayList<>();
        if (range != null) {
            addBound(bounds, "of at least ", range.min());
            addBound(bounds, "above ", range.above());
            addBound(bounds, "of at most ", range.max());
            addBound(bounds, "below ", range.below());
        }
        return bounds.isEmpty() ? "" : " " + String.join(" and ", bounds);
    }

    private static void addBound(List<String> bounds, String text, double bound) {
        if (Double.isFinite(bound)) {
            bounds.add(text
                    + new BigDecimal(Double.toString(bound))
                            .stripTrailingZeros()
                            .toPlainString());
        }
    }

    /** The name of an enum constant in configuration files. */
    static String nameOf(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    private static String show(JsonNode value) {
        String text = value.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
