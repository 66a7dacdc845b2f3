package dev.mpo.core.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** The JSON files of a model folder: each holds one object. Complaints name the file once and end with the remedy. */
public final class JsonFile {

    /** Far above any published file of this kind, the largest tokenizer included; and far below the Java heap. */
    private static final long MAX_BYTES = 200L << 20;

    private JsonFile() {}

    /**
     * Returns the object in a file.
     *
     * @param remedy what helps against any fault of this file, as a sentence
     * @throws CheckpointException if there is no such file, or something else is in it
     */
    public static ObjectNode object(Path file, String remedy) {
        return object(file, bytes(file, remedy), remedy);
    }

    /**
     * Returns the object in a file whose bytes have been read.
     *
     * @throws CheckpointException if something else is in it
     */
    public static ObjectNode object(Path file, byte[] bytes, String remedy) {
        JsonNode node;
        try {
            node = JsonText.parse(bytes);
        } catch (MalformedJsonException e) {
            String line = e.line() > 0 ? ":" + e.line() : "";
            throw new CheckpointException(file + line + " " + e.getMessage() + ". " + remedy, e);
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new CheckpointException(file + ": expected one JSON object in braces, got " + kind(node) + ". " + remedy);
    }

    /**
     * Returns the bytes of a file that must be the file itself, not a pointer to it.
     *
     * @throws CheckpointException if it cannot be read, is a pointer, or is absurdly large
     */
    public static byte[] bytes(Path file, String remedy) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new CheckpointException(file + ": expected a file, got a folder or a device. " + remedy);
            }
            if (LfsPointer.isAt(file)) {
                throw new CheckpointException(file + " " + LfsPointer.explanation());
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new CheckpointException(file + ": expected at most " + (MAX_BYTES >> 20) + " MB, got "
                        + (Files.size(file) >> 20) + " MB. " + remedy);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CheckpointException(file + ": " + reason(e) + ". " + remedy, e);
        }
    }

    /** Returns why a file cannot be read or written, without its name. */
    public static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        String message = failure instanceof FileSystemException system ? system.getReason() : failure.getMessage();
        return message == null ? "cannot be read or written" : message;
    }

    private static String kind(JsonNode node) {
        return node.getNodeType() == JsonNodeType.ARRAY
                ? "a list in brackets"
                : "a single " + node.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}
