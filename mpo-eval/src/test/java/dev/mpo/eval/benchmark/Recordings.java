package dev.mpo.eval.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** What the real evaluation tools did, recorded. */
final class Recordings {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Recordings() {}

    static JsonNode json(String name) {
        try {
            return JSON.readTree(SharedFiles.require("goldens-eval/" + name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path tsv(String dataset) {
        return SharedFiles.require("goldens-eval/tsv/" + dataset + ".tsv");
    }
}
