package dev.mpo.data.meta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.DataException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads meta files: a JSON object that maps a name to {@code root}, {@code annotation}, {@code repeat_time},
 * {@code length}, {@code data_augment} and {@code max_dynamic_patch}.
 *
 * <p>Relative paths are taken from the meta file's folder; where nothing lies there and they begin with that folder's
 * own name, as MMPR-v1.2's do ({@code MMPR-v1.2/images/..} in {@code MMPR-v1.2/meta.json}), from the folder that holds
 * it; and at last from the working directory. Unknown keys are tolerated with a warning. All problems of all entries
 * are reported together.
 */
public final class MetaFile {

    private MetaFile() {}

    /** Reads one meta file; see {@link #load(List, PathMap)}. */
    public static List<MetaEntry> load(Path file, PathMap pathMap) {
        return load(List.of(file), pathMap);
    }

    /**
     * Reads meta files and returns their entries in order of appearance.
     *
     * @param pathMap rewrites the beginnings of {@code root} and {@code annotation}
     * @throws DataException naming file, key, expectation, finding and fix of every problem
     */
    public static List<MetaEntry> load(List<Path> files, PathMap pathMap) {
        List<MetaEntry> entries = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Map<String, String> seen = new HashMap<>();
        for (Path file : files) {
            JsonNode root = parse(file);
            for (Map.Entry<String, JsonNode> named : root.properties()) {
                String where = file + ": \"" + named.getKey() + "\"";
                String before = seen.putIfAbsent(named.getKey(), where);
                if (before != null) {
                    problems.add(where + ": this name is taken by " + before + "; names must differ: rename one");
                    continue;
                }
                new MetaEntryReader(file, named.getKey(), pathMap, problems)
                        .read(named.getValue())
                        .ifPresent(entries::add);
            }
        }
        if (!problems.isEmpty()) {
            throw new DataException(String.join(System.lineSeparator(), problems));
        }
        return List.copyOf(entries);
    }

    private static JsonNode parse(Path file) {
        JsonNode root;
        try {
            root = MetaJson.read(file, true);
        } catch (NoSuchFileException e) {
            throw new DataException(
                    "meta file " + file + " does not exist (looked in "
                            + Path.of("").toAbsolutePath() + "): check data.meta or --meta",
                    e);
        } catch (JsonProcessingException e) {
            throw new DataException(
                    file + ":" + e.getLocation().getLineNr() + ":"
                            + e.getLocation().getColumnNr()
                            + ": not valid JSON: " + e.getOriginalMessage(),
                    e);
        } catch (IOException e) {
            throw new DataException("meta file " + file + " cannot be read: " + e, e);
        }
        if (!root.isObject() || root.isEmpty()) {
            throw new DataException(file
                    + ": expected a JSON object {\"name\": {\"root\": .., \"annotation\": .., \"repeat_time\": ..}}, got "
                    + (root.isObject() ? "an empty object" : "a JSON " + describe(root))
                    + ": list at least one data set");
        }
        return root;
    }

    /** Returns the JSON kind of a node, in lower case. */
    static String describe(JsonNode node) {
        return node.getNodeType().toString().toLowerCase(Locale.ROOT);
    }
}
