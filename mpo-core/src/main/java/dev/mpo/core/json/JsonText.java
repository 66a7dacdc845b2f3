package dev.mpo.core.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Parses JSON as Python's {@code json} module does: NaN and Infinity are numbers, a byte order mark is refused. Beyond
 * that, a key that is written twice in one object is refused, because one of the two values would be lost.
 */
public final class JsonText {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final int UTF16_LITTLE = 0xFFFE;
    private static final int UTF16_BIG = 0xFEFF;

    private JsonText() {}

    /**
     * Parses the bytes of a JSON text in UTF-8.
     *
     * @throws MalformedJsonException if they are something else
     */
    public static JsonNode parse(byte[] bytes) throws MalformedJsonException {
        return parse(decode(bytes));
    }

    /**
     * Parses a JSON text.
     *
     * @throws MalformedJsonException if it is something else
     */
    public static JsonNode parse(String text) throws MalformedJsonException {
        if (text.isBlank()) {
            throw new MalformedJsonException(0, "is empty");
        }
        if (text.charAt(0) == BYTE_ORDER_MARK) {
            throw new MalformedJsonException(
                    1, "begins with a byte order mark, which JSON does not allow. Save it as UTF-8 without one");
        }
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw JsonFault.in(text, e);
        }
    }

    private static String decode(byte[] bytes) throws MalformedJsonException {
        if (bytes.length >= 2) {
            int first = (bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF);
            if (first == UTF16_LITTLE || first == UTF16_BIG) {
                throw new MalformedJsonException(1, "is text in UTF-16; JSON is UTF-8. Save it as UTF-8");
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedJsonException(0, "is not text in UTF-8, so it is damaged or a file of another kind");
        }
    }
}
