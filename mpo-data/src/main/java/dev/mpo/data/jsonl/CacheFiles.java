package dev.mpo.data.jsonl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where files derived from annotation files are kept: beside them, hidden, or else in a cache folder.
 *
 * @param folder the cache folder
 */
record CacheFiles(Path folder) {

    /** Returns the user's cache folder: {@code $XDG_CACHE_HOME/mpo} or {@code ~/.cache/mpo}. */
    static CacheFiles standard() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return new CacheFiles(base.resolve("mpo").resolve("rows"));
    }

    /** Returns the places for a file derived from another, the preferred one first. */
    List<Path> of(Path path, String suffix) {
        Path absolute = path.toAbsolutePath().normalize();
        return List.of(beside(absolute, suffix), folder.resolve(digest(absolute.toString()) + suffix));
    }

    /** Returns the hidden file beside another. */
    static Path beside(Path path, String suffix) {
        return path.resolveSibling("." + path.getFileName() + suffix);
    }

    /** Creates an empty file beside a place, with the place's folder when absent; empty if that is not possible. */
    static Optional<Path> temporaryFor(Path place) {
        try {
            Path parent = place.toAbsolutePath().getParent();
            if (parent == null) {
                return Optional.empty();
            }
            Files.createDirectories(parent);
            // createTempFile would keep other users of a shared data set from reading the result.
            return Optional.of(Files.createFile(parent.resolve(".mpo-" + UUID.randomUUID() + ".tmp")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Puts a finished file in its place, at once if the file system can do so. */
    static void rename(Path temporary, Path place) throws CacheWriteException {
        try {
            try {
                Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, place, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new CacheWriteException(e);
        }
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
