package dev.mpo.data.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.json.JsonFile;
import dev.mpo.core.safetensors.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads and writes the small JSON files of a model folder. */
final class ModelJson {

    private static final String REMEDY = "Take it from the published model again.";

    private ModelJson() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode read(Path file) {
        return JsonFile.object(file, REMEDY);
    }

    /** Returns the object in a file, or an empty one if there is no such file. */
    static ObjectNode readIfPresent(Path file) {
        return Files.exists(file) ? read(file) : object();
    }

    static void write(Path file, JsonNode node) {
        SafetensorsWriter.writeText(file, node.toPrettyString() + "\n");
    }
}
