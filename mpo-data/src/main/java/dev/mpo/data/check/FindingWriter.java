package dev.mpo.data.check;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes findings as JSON lines: {@code where} ({@code file:line}, lines from 1), {@code kind}, {@code severity} (bad
 * or warning), {@code message}, {@code dataset}, {@code line} (from 0).
 */
public final class FindingWriter implements AutoCloseable {

    private final Path file;
    private final JsonGenerator json;

    private FindingWriter(Path file, JsonGenerator json) {
        this.file = file;
        this.json = json;
    }

    /**
     * Creates or replaces a file, and its folder when absent; the caller closes the writer.
     *
     * @throws ConfigException if that is not possible
     */
    public static FindingWriter create(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            JsonGenerator json = new JsonMapper()
                    .getFactory()
                    .createGenerator(new OutputStreamWriter(Files.newOutputStream(file), StandardCharsets.UTF_8));
            json.setRootValueSeparator(null);
            return new FindingWriter(file, json);
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /** Appends one finding. */
    public void write(Finding finding) {
        try {
            json.writeStartObject();
            json.writeStringField("where", finding.where());
            json.writeStringField("kind", finding.kind().id());
            json.writeStringField("severity", finding.kind().bad() ? "bad" : "warning");
            json.writeStringField("message", finding.message());
            json.writeStringField("dataset", finding.dataset());
            json.writeNumberField("line", finding.line());
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /** Writes what is left and closes the file. */
    @Override
    public void close() {
        try {
            json.close();
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    private static ConfigException cannotWrite(Path file, IOException e) {
        return new ConfigException("cannot write " + file + " (" + e + "): choose another output file", e);
    }
}
