package dev.mpo.data.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.json.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of a tokenizer, with complaints that name file and remedy. */
final class TokenizerFolder {

    static final ObjectMapper MAPPER = new ObjectMapper();

    static final String REMEDY = "Copy the tokenizer files from the checkpoint that the model comes from";

    private static final int MOST_LISTED = 20;

    private final Path folder;

    TokenizerFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException("No folder " + folder + " to load a tokenizer from. Check --model.");
        }
        this.folder = folder;
    }

    boolean has(String name) {
        return Files.isRegularFile(folder.resolve(name));
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /** Returns a file's bytes. */
    byte[] bytes(String name) {
        return JsonFile.bytes(folder.resolve(name), REMEDY + ".");
    }

    /** Returns a file's lines, ended by {@code \n} or {@code \r\n}. */
    List<String> lines(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8).lines().toList();
    }

    /** Returns the JSON object in a file. */
    ObjectNode object(String name) {
        return JsonFile.object(folder.resolve(name), REMEDY + ".");
    }

    /** Returns the JSON object in a file, or an empty one if there is no such file. */
    ObjectNode objectIfPresent(String name) {
        return has(name) ? object(name) : MAPPER.createObjectNode();
    }

    CheckpointException damaged(String name, String finding) {
        return new CheckpointException(folder.resolve(name) + ": " + finding + ". " + REMEDY + ".");
    }

    CheckpointException missing(String expected) {
        return new CheckpointException(
                "No tokenizer in " + folder + ": expected " + expected + "; found " + listing() + ". " + REMEDY + ".");
    }

    private String listing() {
        try (Stream<Path> files = Files.list(folder)) {
            String names = files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .limit(MOST_LISTED)
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? "an empty folder" : names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
