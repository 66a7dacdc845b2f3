package dev.mpo.eval.pipeline.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.eval.prompt.PromptVersion;

/**
 * One line of a file of sampled answers.
 *
 * @param where file and line, for messages
 * @param row the line
 * @param key what it answers
 * @param response what the model replied
 */
record SampledResponse(String where, ObjectNode row, Key key, String response) {

    private static final String ADVICE =
            "write {\"image\": .., \"question\": .., \"answer\": .., \"response\": .., \"prompt_version\": ..}";

    /**
     * What an answer belongs to: answers are compared with those of the same key only.
     *
     * @param image the image or images, as JSON; empty without images
     * @param question the prompt
     * @param answer the ground truth, a number as its digits
     */
    record Key(String image, String question, String answer) {

        /** Returns a number that differs for different keys, but for one chance in 2^64. */
        long hash() {
            long hash = mix(0, image);
            hash = mix(hash, question);
            return mix(hash, answer);
        }

        private static long mix(long seed, String text) {
            long hash = seed ^ 0xcbf29ce484222325L;
            for (int i = 0; i < text.length(); i++) {
                hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
            }
            hash ^= text.length();
            hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
            hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
            return hash ^ (hash >>> 31);
        }
    }

    /** Reads a line. */
    static SampledResponse read(ResponseFiles file, int line) {
        ObjectNode row = file.object(line, ADVICE);
        String where = file.where(line);
        JsonNode image = image(row);
        Key key = new Key(
                image.isMissingNode() ? "" : image.toString(), text(row, "question", where), answer(row, where));
        return new SampledResponse(where, row, key, text(row, "response", where));
    }

    /** The images of a row as they are written; missing where there are none. */
    static JsonNode image(ObjectNode row) {
        JsonNode image = row.path("image");
        boolean none = image.isNull()
                || (image.isTextual() && image.textValue().isEmpty())
                || (image.isArray() && image.isEmpty());
        return none ? MissingNode.getInstance() : image;
    }

    JsonNode image() {
        return image(row);
    }

    /** The number of this response among those to its question; 0 where the row does not say. */
    int sample() {
        return row.path("sample").asInt(0);
    }

    PromptVersion promptVersion() {
        JsonNode version = row.get("prompt_version");
        if (version == null || version.isNull()) {
            return PromptVersion.EN;
        }
        try {
            return PromptVersion.of(version.asText());
        } catch (ConfigException e) {
            throw new DataException(where + ": " + e.getMessage(), e);
        }
    }

    /** The verdict that the row brings along. */
    boolean isMarkedCorrect() {
        JsonNode mark = row.path("is_correct");
        if (mark.isBoolean()) {
            return mark.booleanValue();
        }
        if (mark.isIntegralNumber() && (mark.intValue() == 0 || mark.intValue() == 1)) {
            return mark.intValue() == 1;
        }
        throw new DataException(where + ": expected is_correct to be true, false, 1 or 0, got "
                + (mark.isMissingNode() ? "nothing" : mark) + ": sample with a checker, or leave out"
                + " --use-correctness-cache");
    }

    private static String text(ObjectNode row, String field, String where) {
        JsonNode value = row.path(field);
        if (!value.isTextual()) {
            throw new DataException(where + ": expected " + field + " to be a text, got "
                    + (value.isMissingNode() ? "nothing" : value) + ": " + ADVICE);
        }
        return value.textValue();
    }

    /** Numbers may be written as such; they are compared as text all the same. */
    private static String answer(ObjectNode row, String where) {
        JsonNode answer = row.path("answer");
        if (answer.isTextual() || answer.isNumber()) {
            return answer.asText();
        }
        if (answer.isBoolean()) {
            return answer.booleanValue() ? "True" : "False";
        }
        throw new DataException(where + ": expected answer to be a text or a number, got "
                + (answer.isMissingNode() ? "nothing" : answer) + ": " + ADVICE);
    }
}
