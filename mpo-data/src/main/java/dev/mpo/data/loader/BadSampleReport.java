package dev.mpo.data.loader;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code bad_samples.jsonl}: one line for each row that was not used, flushed at once.
 *
 * <p>Rank 0 writes the file itself and rank {@code r} a file {@code bad_samples.rank-r.jsonl} beside it. A run that
 * goes on at a position leaves out what an earlier attempt wrote about positions from there on.
 */
final class BadSampleReport implements AutoCloseable {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String SUFFIX = ".jsonl";

    private final @Nullable OutputStream out;

    private BadSampleReport(@Nullable OutputStream out) {
        this.out = out;
    }

    /** Opens the file of a rank for appending, or nothing if no file is wanted. */
    static BadSampleReport open(LoaderOptions options) {
        if (options.report().isEmpty()) {
            return new BadSampleReport(null);
        }
        Path file = options.report().get();
        try {
            Path own = ofRank(file, options.rank());
            cut(own, options.start());
            if (options.rank() == 0) {
                for (Path left : ofFurtherRanks(file, options.worldSize())) {
                    cut(left, options.start());
                }
            }
            return new BadSampleReport(
                    Files.newOutputStream(own, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static Path ofRank(Path file, int rank) {
        return rank == 0 ? file : file.resolveSibling(stem(file) + ".rank-" + rank + SUFFIX);
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }

    /** Returns the files of ranks that an earlier attempt had and this one has not. */
    private static List<Path> ofFurtherRanks(Path file, int worldSize) throws IOException {
        Pattern name = Pattern.compile(Pattern.quote(stem(file)) + "\\.rank-(\\d{1,9})\\" + SUFFIX);
        Path folder = file.toAbsolutePath().getParent();
        List<Path> further = new ArrayList<>();
        if (folder != null) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path other : files) {
                    Matcher matcher = name.matcher(String.valueOf(other.getFileName()));
                    if (matcher.matches() && Integer.parseInt(matcher.group(1)) >= worldSize) {
                        further.add(other);
                    }
                }
            }
        }
        return further;
    }

    private static void cut(Path file, long start) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        List<String> lines = Files.readAllLines(file);
        List<String> kept =
                lines.stream().filter(line -> position(line) < start).toList();
        if (kept.size() < lines.size()) {
            Files.write(file, kept);
        }
    }

    /** Returns the position that a line is about; a line cut off by a crash is about none that is done. */
    private static long position(String line) {
        try {
            JsonNode node = MAPPER.readTree(line);
            return node.path("position").asLong(Long.MAX_VALUE);
        } catch (JsonProcessingException e) {
            return Long.MAX_VALUE;
        }
    }

    void write(UnusedRow row) {
        if (out == null) {
            return;
        }
        ObjectNode node = MAPPER.createObjectNode()
                .put("position", row.position())
                .put("dataset", row.dataset())
                .put("line", row.ref().row())
                .put("where", row.where())
                .put("kind", row.dropped() ? "dropped" : "bad")
                .put("reason", row.reason());
        try {
            // Characters that have no UTF-8, which a row may hold, become question marks.
            out.write((node + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the report of bad samples", e);
        }
    }

    @Override
    public void close() {
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
