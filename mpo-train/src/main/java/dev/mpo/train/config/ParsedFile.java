package dev.mpo.train.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * The content of a configuration file.
 *
 * @param name the file as the user named it
 * @param root its content
 * @param lines line number of each dotted path, as far as known
 */
record ParsedFile(String name, JsonNode root, Map<String, Integer> lines) {

    /** Where a path was set: file and, if known, line. */
    String source(String path) {
        Integer line = lines.get(path);
        return line == null ? name : name + ":" + line;
    }
}
