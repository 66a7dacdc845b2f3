package dev.mpo.eval.pipeline.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The meta file beside the pairs: what {@code mpo train --meta} takes. */
final class PairMeta {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String SUFFIX = ".jsonl";

    private final Path file;
    private final ObjectNode entries;

    /** Reads the meta file of a folder if there is one, so that entries of earlier calls stay. */
    PairMeta(Path saveDir) throws IOException {
        this.file = saveDir.resolve("meta.json");
        JsonNode before = Files.exists(file) ? MAPPER.readTree(file.toFile()) : MAPPER.createObjectNode();
        if (!(before instanceof ObjectNode object)) {
            throw new DataException(file + ": expected a JSON object of data sets: remove or correct the file");
        }
        this.entries = object;
    }

    Path file() {
        return file;
    }

    /** Sets the entry of a file of pairs whose pictures are in a folder, or removes it if there are none. */
    void put(Path annotation, long pairs, Path imageRoot) {
        String fileName = annotation.getFileName().toString();
        String name = fileName.substring(0, fileName.length() - SUFFIX.length());
        if (pairs == 0) {
            entries.remove(name);
            return;
        }
        ObjectNode entry = entries.putObject(name);
        entry.put("root", imageRoot.toAbsolutePath().normalize().toString());
        entry.put("annotation", "raw/" + fileName);
        entry.put("data_augment", false);
        entry.put("repeat_time", 1);
        entry.put("length", pairs);
    }

    void save() throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        Files.writeString(
                partial, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(entries) + System.lineSeparator());
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
