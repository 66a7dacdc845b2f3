package dev.mpo.core.config;

import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The published InternVL2.5, InternVL3 and dense InternVL3.5 models, whose architectures travel with the program. */
final class PublishedModels {

    static final List<String> NAMES = List.of(
            "InternVL2_5-1B",
            "InternVL2_5-2B",
            "InternVL2_5-4B",
            "InternVL2_5-8B",
            "InternVL2_5-26B",
            "InternVL2_5-38B",
            "InternVL2_5-78B",
            "InternVL3-1B",
            "InternVL3-2B",
            "InternVL3-8B",
            "InternVL3-9B",
            "InternVL3-14B",
            "InternVL3-38B",
            "InternVL3-78B",
            "InternVL3_5-1B",
            "InternVL3_5-2B",
            "InternVL3_5-4B",
            "InternVL3_5-8B",
            "InternVL3_5-14B",
            "InternVL3_5-38B");

    private PublishedModels() {}

    static ModelConfig config(String name) {
        String resource = "/dev/mpo/core/models/" + name + "/config.json";
        try (InputStream in = NAMES.contains(name) ? PublishedModels.class.getResourceAsStream(resource) : null) {
            if (in == null) {
                throw new ConfigException(
                        "model " + name + ": expected one of " + String.join(", ", NAMES) + ", or a model folder.");
            }
            return ModelConfigReader.parse(resource, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
