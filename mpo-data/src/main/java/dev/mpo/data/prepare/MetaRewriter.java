package dev.mpo.data.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import dev.mpo.data.jsonl.JsonlFile;
import dev.mpo.data.meta.MetaJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a meta file whose paths are those of this machine.
 *
 * <p>A path of the authors is matched by its end: {@code /theirs/MMPR/images/ScienceQA} is the folder below the target
 * that ends in as many of the same names as possible, and in which the images of the rows lie. Everything else in an
 * entry stays as it is, but {@code length}, which becomes the number of rows.
 */
final class MetaRewriter {

    /** Name of the new file. */
    static final String NAME = "meta.local.json";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int MAX_DEPTH = 8;
    private static final int BASE_DEPTH = 2;
    private static final int MAX_BASES = 500;

    private final PrepareOptions options;
    private final Map<String, List<Path>> annotations = new TreeMap<>();
    private final List<Path> bases = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    MetaRewriter(PrepareOptions options) throws IOException {
        this.options = options;
        for (Path folder : List.of(options.target(), options.source())) {
            collect(folder);
        }
    }

    private void collect(Path folder) throws IOException {
        try (Stream<Path> files = Files.find(
                folder,
                MAX_DEPTH,
                (path, attributes) -> attributes.isRegularFile()
                        && path.getFileName().toString().matches(".*\\.jsonl(\\.gz|\\.zst)?"))) {
            files.sorted().forEach(file -> {
                List<Path> same = annotations.computeIfAbsent(file.getFileName().toString(), k -> new ArrayList<>());
                if (!same.contains(file)) {
                    same.add(file);
                }
            });
        }
        try (Stream<Path> folders = Files.find(
                folder,
                BASE_DEPTH,
                (path, attributes) -> attributes.isDirectory()
                        && !path.getFileName().toString().startsWith("."))) {
            folders.sorted(Comparator.comparingInt(Path::getNameCount))
                    .limit(MAX_BASES)
                    .forEach(bases::add);
        }
    }

    /** Rewrites a meta file; returns the number of data sets in the new one. */
    int rewrite(Path meta, Path target) throws IOException {
        ObjectNode local = MAPPER.createObjectNode();
        for (Map.Entry<String, JsonNode> entry : read(meta, true).properties()) {
            try {
                local.set(entry.getKey(), entry(entry.getValue(), target));
            } catch (DataException e) {
                missing.add(entry.getKey() + ": " + e.getMessage());
            }
        }
        if (local.isEmpty()) {
            throw new DataException(meta + ": none of its data sets has its files below " + options.target()
                    + ", the first: " + missing.get(0));
        }
        Path temporary = target.resolveSibling("." + target.getFileName() + ".mpo-part");
        Files.writeString(temporary, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(local) + "\n");
        Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return local.size();
    }

    /** Returns what is wrong with the data sets that are not in the new file. */
    List<String> missing() {
        return missing;
    }

    private static ObjectNode read(Path meta, boolean warns) throws IOException {
        try {
            if (MetaJson.read(meta, warns) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new DataException(
                    meta + ": not valid JSON (" + e.getOriginalMessage() + "). Fix: download it again", e);
        }
        throw new DataException(meta + ": expected a JSON object of data sets. Fix: name the meta file with --meta");
    }

    /** Whether a file looks like a meta file: an object of objects with an annotation each. */
    static boolean isMeta(Path file) throws IOException {
        try {
            ObjectNode object = read(file, false);
            for (JsonNode entry : object) {
                if (!entry.path("annotation").isTextual()) {
                    return false;
                }
            }
            return !object.isEmpty();
        } catch (DataException e) {
            return false;
        }
    }

    private ObjectNode entry(JsonNode entry, Path target) {
        if (!(entry instanceof ObjectNode object) || !object.path("annotation").isTextual()) {
            throw new DataException("expected an object with root and annotation, got " + entry);
        }
        Path annotation = annotation(object.path("annotation").asText());
        try (JsonlFile rows = JsonlFile.open(annotation)) {
            Path root = root(object.path("root").asText(""), rows);
            ObjectNode local = object.deepCopy();
            local.put("root", relative(target, root) + "/");
            local.put("annotation", relative(target, annotation));
            local.put("length", rows.rowCount());
            return local;
        }
    }

    private Path annotation(String theirs) {
        List<String> names = names(theirs);
        List<Path> same =
                names.isEmpty() ? List.of() : annotations.getOrDefault(names.get(names.size() - 1), List.of());
        if (same.isEmpty()) {
            throw new DataException("found no annotation file that ends like " + theirs
                    + ". Fix: download it, or leave this data set out with --skip-missing");
        }
        int best = same.stream().mapToInt(path -> commonEnd(names, path)).max().orElse(0);
        List<Path> nearest =
                same.stream().filter(path -> commonEnd(names, path) == best).toList();
        if (nearest.size() > 1) {
            throw new DataException(
                    "several annotation files end like " + theirs + ": " + nearest + ". Fix: keep one of them");
        }
        return nearest.get(0);
    }

    private static int commonEnd(List<String> names, Path path) {
        int common = 0;
        while (common < names.size()
                && common < path.getNameCount()
                && path.getName(path.getNameCount() - 1 - common)
                        .toString()
                        .equals(names.get(names.size() - 1 - common))) {
            common++;
        }
        return common;
    }

    /** Finds the folder in which the images of the rows lie. */
    private Path root(String theirs, JsonlFile rows) {
        List<String> images = images(rows);
        if (images.isEmpty()) {
            return options.target();
        }
        List<String> names = names(theirs);
        int most = -1;
        @Nullable String firstAbsent = null;
        for (int from = 0; from <= names.size(); from++) {
            String end = String.join("/", names.subList(from, names.size()));
            for (Path base : bases) {
                Path candidate = base.resolve(end);
                if (!Files.isDirectory(candidate)) {
                    continue;
                }
                List<String> absent = images.stream()
                        .filter(image -> !Files.isRegularFile(candidate.resolve(image)))
                        .toList();
                if (absent.isEmpty()) {
                    return candidate;
                }
                int present = images.size() - absent.size();
                if (present > most) {
                    most = present;
                    firstAbsent = candidate.resolve(absent.get(0)).toString();
                }
            }
        }
        throw new DataException("found no folder that ends like " + (theirs.isEmpty() ? "its root" : theirs)
                + " and has the images of " + rows.path() + "; the best one has " + Math.max(0, most) + " of the "
                + images.size() + " looked for, not " + firstAbsent
                + ". Fix: download the rest, or leave this data set out with --skip-missing");
    }

    /** Returns the images of rows spread evenly over a file. */
    private List<String> images(JsonlFile rows) {
        List<String> images = new ArrayList<>();
        int count = Math.min(options.checkedRows(), rows.rowCount());
        for (int i = 0; i < count; i++) {
            images.addAll(rows.row((int) ((long) i * rows.rowCount() / count)).images());
        }
        return images;
    }

    private static List<String> names(String path) {
        return Stream.of(path.replace('\\', '/').split("/"))
                .filter(name -> !name.isEmpty() && !name.equals(".") && !name.equals(".."))
                .toList();
    }

    private static String relative(Path target, Path path) {
        Path from = target.toAbsolutePath().normalize().getParent();
        Path to = path.toAbsolutePath().normalize();
        String relative = (from == null ? to : from.relativize(to)).toString().replace('\\', '/');
        return relative.isEmpty() ? "." : relative;
    }
}
