package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import dev.mpo.data.jsonl.JsonlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The meta file beside rows that are ready for training: what {@code mpo train --meta} takes. */
public final class SampleMeta {

    private static final JsonMapper MAPPER = new JsonMapper();

    private SampleMeta() {}

    /** Returns the meta file of a folder of samples. */
    public static Path file(Path folder) {
        return folder.resolve("meta.json");
    }

    /** Sets the entries of a data set, one for each process that shares the work; others stay. */
    static void write(SamplingOptions options) {
        Path meta = file(options.outDir());
        try {
            JsonNode before = Files.exists(meta) ? MAPPER.readTree(meta.toFile()) : MAPPER.createObjectNode();
            ObjectNode entries = before instanceof ObjectNode object ? object : MAPPER.createObjectNode();
            for (int rank = 0; rank < options.ranks().size(); rank++) {
                put(
                        entries,
                        SampleFolder.file(
                                options.outDir(),
                                options.dataset(),
                                rank,
                                options.ranks().size()),
                        options);
            }
            Path partial = meta.resolveSibling(meta.getFileName() + ".partial");
            MAPPER.writerWithDefaultPrettyPrinter().writeValue(partial.toFile(), entries);
            Files.move(partial, meta, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ConfigException(meta + " cannot be written; the samples are: free space, or write it by hand", e);
        }
    }

    private static void put(ObjectNode entries, Path annotation, SamplingOptions options) {
        String name = annotation.getFileName().toString();
        ObjectNode entry = entries.putObject(name.substring(0, name.length() - ".jsonl".length()));
        entry.put("root", options.imageRoot().toAbsolutePath().normalize().toString());
        entry.put("annotation", name);
        entry.put("data_augment", false);
        entry.put("repeat_time", 1);
        if (Files.exists(annotation)) {
            try (JsonlFile rows = JsonlFile.open(annotation)) {
                entry.put("length", rows.rowCount());
            }
        }
    }
}
