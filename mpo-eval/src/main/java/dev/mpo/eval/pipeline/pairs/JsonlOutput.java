package dev.mpo.eval.pipeline.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A JSONL file that appears under its name complete or not at all: lines go to a file beside it that is renamed at the
 * end.
 */
final class JsonlOutput implements AutoCloseable {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final Path file;
    private final Path partial;
    private final BufferedWriter writer;
    private long lines;

    /** Begins a file in a folder that exists. */
    JsonlOutput(Path file) throws IOException {
        this.file = file;
        this.partial = file.resolveSibling(file.getFileName() + ".partial");
        this.writer = Files.newBufferedWriter(partial, StandardCharsets.UTF_8);
    }

    void write(JsonNode row) throws IOException {
        writer.write(MAPPER.writeValueAsString(row));
        writer.write('\n');
        lines++;
    }

    /** Puts the file in place. */
    void commit() throws IOException {
        writer.close();
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** As {@link #commit}, but a file without lines is not written, and removed if it is there from before. */
    void commitUnlessEmpty() throws IOException {
        if (lines > 0) {
            commit();
        } else {
            Files.deleteIfExists(file);
        }
    }

    /** Gives up what was not committed. */
    @Override
    public void close() throws IOException {
        writer.close();
        Files.deleteIfExists(partial);
    }
}
