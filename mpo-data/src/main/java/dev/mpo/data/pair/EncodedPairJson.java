package dev.mpo.data.pair;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes pairs as JSON lines: {@code dataset, line, num_tiles, chosen_input_ids, chosen_label_spans,
 * rejected_input_ids, rejected_label_spans}. Lines count from 0, spans are [start, end) pairs.
 */
public final class EncodedPairJson implements AutoCloseable {

    private static final JsonFactory FACTORY = new JsonMapper().getFactory();

    private final JsonGenerator json;

    private EncodedPairJson(JsonGenerator json) {
        this.json = json;
    }

    /** Creates or replaces a file; the caller closes the writer. */
    public static EncodedPairJson create(Path file) {
        try {
            JsonGenerator json = FACTORY.createGenerator(Files.newBufferedWriter(file));
            json.setRootValueSeparator(null);
            return new EncodedPairJson(json);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** Appends one pair. */
    public void write(EncodedPair pair) {
        try {
            json.writeStartObject();
            json.writeStringField("dataset", pair.dataset());
            json.writeNumberField("line", pair.line());
            json.writeNumberField("num_tiles", pair.numTiles());
            ids("chosen_input_ids", pair.chosenIds());
            spans("chosen_label_spans", pair.chosenLabelSpans());
            ids("rejected_input_ids", pair.rejectedIds());
            spans("rejected_label_spans", pair.rejectedLabelSpans());
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void ids(String name, int[] ids) throws IOException {
        json.writeFieldName(name);
        json.writeArray(ids, 0, ids.length);
    }

    private void spans(String name, int[][] spans) throws IOException {
        json.writeArrayFieldStart(name);
        for (int[] span : spans) {
            json.writeArray(span, 0, span.length);
        }
        json.writeEndArray();
    }

    /** Writes what is left and closes the file. */
    @Override
    public void close() {
        try {
            json.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
