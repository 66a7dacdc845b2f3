package dev.mpo.core.json;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The small text file that Git leaves in place of a large one until Git LFS has fetched it: the most frequent reason
 * why weights, archives and tokenizers of a cloned repository cannot be read.
 */
public final class LfsPointer {

    private static final byte[] BEGINNING =
            "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);

    private LfsPointer() {}

    /** Returns whether a file is such a pointer; false if it cannot be read. */
    public static boolean isAt(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream input = Files.newInputStream(file)) {
            return Arrays.equals(input.readNBytes(BEGINNING.length), BEGINNING);
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns what a file is that is a pointer, with the remedy: the rest of a sentence that begins with its name. */
    public static String explanation() {
        return "is a Git LFS pointer, a few lines of text in place of the file itself. Fetch the file with"
                + " \"git lfs pull\" in its repository, or download it again with \"hf download\".";
    }
}
