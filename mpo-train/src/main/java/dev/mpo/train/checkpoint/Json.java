package dev.mpo.train.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.json.JsonFile;
import dev.mpo.core.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** The small JSON files of a checkpoint: records, read strictly. Numbers that are not finite are kept as text. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Json() {}

    static void write(Path file, Record value) throws IOException {
        SafetensorsWriter.writeText(file, MAPPER.writeValueAsString(value) + "\n");
    }

    static <T extends Record> T read(Path file, Class<T> type) {
        String remedy = "The checkpoint is damaged: resume from an earlier one.";
        try {
            return MAPPER.treeToValue(JsonFile.object(file, remedy), type);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(file + ": " + misfit(e) + ". " + remedy, e);
        }
    }

    /** Returns which value does not fit, in place of the parser's words about types. */
    private static String misfit(JsonProcessingException failure) {
        if (!(failure instanceof JsonMappingException mapping)
                || mapping.getPath().isEmpty()) {
            return "a value is missing or of another kind";
        }
        String key = mapping.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."));
        return "the value of " + key + " is missing, unknown or of another kind";
    }
}
