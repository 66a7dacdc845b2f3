package dev.mpo.data.meta;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one entry of a meta file, adding to a list of problems instead of stopping at the first. */
final class MetaEntryReader {

    private static final Logger LOG = LoggerFactory.getLogger(MetaEntryReader.class);
    private static final List<String> KEYS =
            List.of("root", "annotation", "repeat_time", "length", "data_augment", "max_dynamic_patch");

    private static final List<String> ENDINGS = List.of(".jsonl", ".jsonl.gz", ".jsonl.zst");

    private final Path file;
    private final String name;
    private final PathMap pathMap;
    private final List<String> problems;

    MetaEntryReader(Path file, String name, PathMap pathMap, List<String> problems) {
        this.file = file;
        this.name = name;
        this.pathMap = pathMap;
        this.problems = problems;
    }

    Optional<MetaEntry> read(JsonNode node) {
        if (!node.isObject()) {
            problem("", "expected an object with root, annotation and repeat_time, got " + describe(node));
            return Optional.empty();
        }
        warnOfUnknownKeys(node);
        int problemsBefore = problems.size();
        Path root = root(node);
        Path annotation = annotation(node);
        double repeatTime = repeatTime(node);
        OptionalLong length = length(node);
        boolean dataAugment = dataAugment(node);
        OptionalInt maxDynamicPatch = maxDynamicPatch(node);
        if (problems.size() > problemsBefore || root == null || annotation == null) {
            return Optional.empty();
        }
        return Optional.of(
                new MetaEntry(name, where(""), root, annotation, repeatTime, length, dataAugment, maxDynamicPatch));
    }

    private void warnOfUnknownKeys(JsonNode node) {
        TreeSet<String> unknown = new TreeSet<>();
        node.fieldNames().forEachRemaining(unknown::add);
        KEYS.forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            LOG.warn("{}: ignoring unknown keys {}; known are {}", where(""), unknown, KEYS);
        }
    }

    private @Nullable Path root(JsonNode node) {
        String text = text(node, "root", "the folder of the images");
        return text == null ? null : resolve(text, "root");
    }

    private @Nullable Path annotation(JsonNode node) {
        String text = text(node, "annotation", "the path of a .jsonl file");
        if (text == null) {
            return null;
        }
        if (text.endsWith(".parquet")) {
            problem("annotation", MetaJson.parquetExplained(Path.of(text)));
            return null;
        }
        if (ENDINGS.stream().noneMatch(text::endsWith)) {
            problem(
                    "annotation",
                    "expected a path ending in .jsonl, got \"" + text
                            + "\": write one JSON object per line and name the file .jsonl, or .jsonl.gz or .jsonl.zst if it is packed");
            return null;
        }
        Path path = resolve(text, "annotation");
        if (path != null && !Files.isRegularFile(path)) {
            problem("annotation", "no such file: " + missing(text, path));
            return null;
        }
        return path;
    }

    private String missing(String text, Path resolved) {
        String mapped = pathMap.apply(text);
        StringBuilder message = new StringBuilder(resolved.toString());
        if (!mapped.equals(text)) {
            message.append(" (data.path_map turned \"").append(text).append("\" into it)");
        }
        if (!Path.of(mapped).isAbsolute()) {
            Path above = base().normalize().getParent();
            message.append(" (also looked in ")
                    .append(Path.of(mapped).startsWith(base().getFileName()) ? above + " and " : "")
                    .append(Path.of("").toAbsolutePath())
                    .append(')');
        }
        return message.append(": correct the path, or rewrite its beginning with data.path_map"
                        + " (for example {\"/their/MMPR\": \"/my/MMPR\"})")
                .toString();
    }

    private double repeatTime(JsonNode node) {
        JsonNode value = node.get("repeat_time");
        if (value == null || value.isNull()) {
            problem("repeat_time", "expected a number, got nothing: add \"repeat_time\": 1");
            return 1;
        }
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!Double.isFinite(number) || number < 0 || number > 1e6) {
            problem(
                    "repeat_time",
                    "expected a number from 0 to 1000000, got " + value + ": 1 takes every row once,"
                            + " 0.5 half of the rows, 2 every row twice");
        } else if (number > 1 && number != Math.rint(number)) {
            LOG.warn("{}: {} is rounded down to {} copies", where("repeat_time"), number, (long) number);
        } else if (number == 0) {
            LOG.warn("{}: 0 leaves this data set out", where("repeat_time"));
        }
        return number;
    }

    private OptionalLong length(JsonNode node) {
        JsonNode value = node.get("length");
        if (value == null || value.isNull()) {
            return OptionalLong.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            problem("length", "expected a number of rows, got " + value + ": correct or remove it");
            return OptionalLong.empty();
        }
        return OptionalLong.of(value.longValue());
    }

    private boolean dataAugment(JsonNode node) {
        JsonNode value = node.get("data_augment");
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            problem("data_augment", "expected true or false, got " + value);
        }
        return value.booleanValue();
    }

    private OptionalInt maxDynamicPatch(JsonNode node) {
        JsonNode value = node.get("max_dynamic_patch");
        if (value == null || value.isNull()) {
            return OptionalInt.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            problem("max_dynamic_patch", "expected a whole number of tiles of at least 1, got " + value);
            return OptionalInt.empty();
        }
        return OptionalInt.of(value.intValue());
    }

    private @Nullable String text(JsonNode node, String key, String meaning) {
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            List<String> present = new ArrayList<>();
            node.fieldNames().forEachRemaining(present::add);
            problem(key, "missing: expected " + meaning + ", got only the keys " + present + ": add \"" + key + "\"");
            return null;
        }
        if (!value.isTextual()) {
            problem(key, "expected " + meaning + " as a string, got " + describe(value) + " " + value);
            return null;
        }
        return value.textValue();
    }

    private @Nullable Path resolve(String text, String key) {
        Path path;
        String mapped = pathMap.apply(text);
        if (mapped.contains("://")) {
            problem(
                    key,
                    "expected a local path, got \"" + mapped + "\": fetch the files and rewrite the beginning"
                            + " of the path with data.path_map");
            return null;
        }
        try {
            path = Path.of(mapped);
        } catch (InvalidPathException e) {
            problem(key, "not a path: " + e.getMessage());
            return null;
        }
        if (path.isAbsolute()) {
            return path.normalize();
        }
        Path besideMeta = base().resolve(path).normalize();
        Path besideFolder = fromFolderOfBase(path);
        for (Path candidate :
                List.of(besideMeta, besideFolder, path.toAbsolutePath().normalize())) {
            if (Files.exists(candidate)) {
                return candidate;
            }
        }
        return besideFolder;
    }

    /** The path from the folder that holds the meta file's own, if it begins with the name of that one. */
    private Path fromFolderOfBase(Path path) {
        Path base = base().normalize();
        Path above = base.getParent();
        return above != null && path.getName(0).equals(base.getFileName())
                ? above.resolve(path).normalize()
                : base.resolve(path).normalize();
    }

    private Path base() {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? Path.of("").toAbsolutePath() : parent;
    }

    private String where(String key) {
        return file + ": \"" + name + "\"" + (key.isEmpty() ? "" : "." + key);
    }

    private void problem(String key, String message) {
        problems.add(where(key) + ": " + message);
    }

    private static String describe(JsonNode node) {
        return MetaFile.describe(node);
    }
}
