package dev.mpo.data.jsonl;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import dev.mpo.data.video.Clip;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns the bytes of one line into a {@link PreferenceRow}; unknown keys are passed over, wrong types are not. */
final class RowParser {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final int SHOWN_CHARS = 60;

    private final String where;
    private final JsonNode node;

    private RowParser(String where, JsonNode node) {
        this.where = where;
        this.node = node;
    }

    /**
     * Parses a line.
     *
     * @param where file and 1-based line, for messages
     * @throws DataException naming the place, with the column when the line is not valid JSON
     */
    static PreferenceRow parse(byte[] line, String where) {
        ObjectNode node =
                object(line, where, "write {\"image\": .., \"question\": .., \"chosen\": .., \"rejected\": ..}");
        return new RowParser(where, node).row();
    }

    /**
     * Parses a line that holds any JSON object.
     *
     * @param where file and 1-based line, for messages
     * @param advice what to write instead of something else
     */
    static ObjectNode object(byte[] line, String where, String advice) {
        String text = decode(line, where).stripTrailing();
        if (text.isBlank()) {
            throw new DataException(where + ": expected a JSON object, got an empty line: remove the line");
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
            throw new DataException(
                    where + ":" + column + ": not valid JSON: " + reason(e) + "; near " + near(text, column)
                            + ": each line must hold one complete JSON object",
                    e);
        }
        if (!(node instanceof ObjectNode object)) {
            throw new DataException(where + ":1: expected a JSON object, got " + kind(node) + ": " + advice);
        }
        return object;
    }

    private static String decode(byte[] line, String where) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DataException(where + ": not valid UTF-8: convert the file to UTF-8", e);
        }
    }

    private static String reason(JsonProcessingException e) {
        // Jackson's own words name Java classes.
        return e instanceof MismatchedInputException ? "more text follows the first value" : e.getOriginalMessage();
    }

    private static String near(String text, int column) {
        int end = Math.max(0, Math.min(text.length(), column));
        int start = Math.max(0, end - SHOWN_CHARS / 2);
        return "'" + text.substring(start, Math.min(text.length(), start + SHOWN_CHARS)) + "'";
    }

    private PreferenceRow row() {
        List<String> images = new ArrayList<>();
        boolean list = readImages(images);
        return new PreferenceRow(
                images,
                list,
                required("question"),
                required("chosen"),
                required("rejected"),
                present("answer_gt"),
                present("chosen_meta"),
                present("rejected_meta"),
                optional("system_prompt"),
                optional("video"),
                clip(),
                length());
    }

    private boolean readImages(List<String> images) {
        JsonNode image = present("image");
        if (image == null) {
            return false;
        }
        if (image.isTextual()) {
            if (!image.textValue().isEmpty()) {
                images.add(image.textValue());
            }
            return false;
        }
        if (!image.isArray()) {
            throw wrongType("image", "a path or a list of paths", image);
        }
        for (JsonNode element : image) {
            if (!element.isTextual() || element.textValue().isEmpty()) {
                throw wrongType("image", "a list of paths", element);
            }
            images.add(element.textValue());
        }
        return !images.isEmpty();
    }

    private String required(String key) {
        JsonNode value = present(key);
        if (value == null) {
            List<String> keys = new ArrayList<>();
            node.fieldNames().forEachRemaining(keys::add);
            throw new DataException(
                    where + ": \"" + key + "\" is missing: expected a string, got only the keys " + keys);
        }
        if (!value.isTextual()) {
            throw wrongType(key, "a string", value);
        }
        return value.textValue();
    }

    private @Nullable String optional(String key) {
        JsonNode value = present(key);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrongType(key, "a string or nothing", value);
        }
        return value.textValue();
    }

    private @Nullable Clip clip() {
        JsonNode value = present("clip");
        if (value == null) {
            return null;
        }
        if (value.size() != 2 || !value.path(0).isNumber() || !value.path(1).isNumber()) {
            throw wrongType("clip", "[start, end] in seconds or nothing", value);
        }
        try {
            return new Clip(value.get(0).doubleValue(), value.get(1).doubleValue());
        } catch (DataException e) {
            throw new DataException(where + ": " + e.getMessage(), e);
        }
    }

    private @Nullable Long length() {
        JsonNode value = present("length");
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw wrongType("length", "a number or nothing", value);
        }
        return value.longValue();
    }

    private @Nullable JsonNode present(String key) {
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? null : value;
    }

    private DataException wrongType(String key, String expected, JsonNode got) {
        String text = got.toString();
        String shown = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + ".." : text;
        return new DataException(
                where + ": \"" + key + "\": expected " + expected + ", got " + kind(got) + " " + shown);
    }

    private static String kind(JsonNode node) {
        return node.getNodeType().toString().toLowerCase(Locale.ROOT);
    }
}
