package dev.mpo.tools.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the structured files of a run directory as flat tables of dotted keys. */
final class RunFiles {

    private static final Logger LOG = LoggerFactory.getLogger(RunFiles.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new YAMLMapper();

    private RunFiles() {}

    /** Returns the settings of {@code config.resolved.yaml}; empty when it is absent. */
    static Map<String, String> settings(Path runDir) {
        return flat(runDir.resolve("config.resolved.yaml"), YAML);
    }

    /** Returns the entries of {@code provenance.json}; empty when it is absent. */
    static Map<String, String> provenance(Path runDir) {
        return flat(runDir.resolve("provenance.json"), JSON);
    }

    private static Map<String, String> flat(Path file, ObjectMapper mapper) {
        Map<String, String> table = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return table;
        }
        try {
            flatten("", mapper.readTree(file.toFile()), table);
        } catch (IOException e) {
            LOG.warn("{}: cannot be read ({}); the report goes without it", file, e.getMessage());
        }
        return table;
    }

    private static void flatten(String prefix, JsonNode node, Map<String, String> table) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties().forEach(entry -> {
                String key = prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey();
                flatten(key, entry.getValue(), table);
            });
        } else if (!node.isMissingNode()) {
            table.put(prefix, node.isTextual() ? node.textValue() : node.toString());
        }
    }
}
