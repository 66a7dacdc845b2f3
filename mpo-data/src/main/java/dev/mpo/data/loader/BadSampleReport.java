package dev.mpo.data.loader;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The file {@code bad_samples.jsonl}: one line for each row that was not used, flushed at once. */
final class BadSampleReport implements AutoCloseable {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final @Nullable BufferedWriter writer;

    private BadSampleReport(@Nullable BufferedWriter writer) {
        this.writer = writer;
    }

    /** Opens the file for appending, or nothing if no file is wanted. */
    static BadSampleReport open(Optional<Path> file) {
        if (file.isEmpty()) {
            return new BadSampleReport(null);
        }
        try {
            return new BadSampleReport(
                    Files.newBufferedWriter(file.get(), StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file.get(), e);
        }
    }

    void write(UnusedRow row) {
        if (writer == null) {
            return;
        }
        ObjectNode node = MAPPER.createObjectNode()
                .put("position", row.position())
                .put("dataset", row.dataset())
                .put("line", row.ref().row())
                .put("where", row.where())
                .put("kind", row.dropped() ? "dropped" : "bad")
                .put("reason", row.reason());
        try {
            writer.write(node.toString());
            writer.write('\n');
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the report of bad samples", e);
        }
    }

    @Override
    public void close() {
        try {
            if (writer != null) {
                writer.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
