package dev.mpo.data.jsonl;

import dev.mpo.core.DataException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacked copies of gzip files, because rows are read in any order and gzip can only be read from its beginning. A
 * copy is named after size and modification time of the packed file; copies of older versions are removed.
 */
final class UnpackedRows {

    private static final Logger LOG = LoggerFactory.getLogger(UnpackedRows.class);
    private static final String SUFFIX = ".mpo-rows";
    private static final int BUFFER_BYTES = 1 << 16;

    private UnpackedRows() {}

    /** Returns whether a file is a gzip file by its name. */
    static boolean isPacked(Path path) {
        return path.toString().endsWith(".gz");
    }

    /**
     * Returns the unpacked copy of a file, made if there is none yet.
     *
     * @throws DataException if the file is damaged, or no copy can be written
     * @throws IOException if the file cannot be read
     */
    static Path of(Path path, CacheFiles places) throws IOException {
        FileVersion version = FileVersion.of(path);
        String suffix = "." + version.size() + "-" + version.modifiedNanos() + SUFFIX;
        for (Path place : places.of(path, suffix)) {
            if (Files.isRegularFile(place)) {
                return place;
            }
        }
        for (Path place : places.of(path, suffix)) {
            Optional<Path> temporary = CacheFiles.temporaryFor(place);
            if (temporary.isPresent()) {
                try {
                    LOG.info("unpacking {} to {}", path, place);
                    unpack(path, temporary.get());
                    CacheFiles.rename(temporary.get(), place);
                    removeOthers(place, suffix);
                    return place;
                } catch (CacheWriteException e) {
                    LOG.warn("{} cannot be unpacked to {}: {}", path, place, e.getMessage());
                } finally {
                    Files.deleteIfExists(temporary.get());
                }
            }
        }
        throw new DataException("annotation file " + path + " cannot be unpacked to any of " + places.of(path, suffix)
                + ": unpack it yourself and name the .jsonl file in the meta file");
    }

    private static void unpack(Path path, Path target) throws IOException {
        try (InputStream packed = new BufferedInputStream(Files.newInputStream(path));
                OutputStream rows = Files.newOutputStream(target)) {
            InputStream plain = open(path, packed);
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int got = read(path, plain, buffer); got >= 0; got = read(path, plain, buffer)) {
                write(rows, buffer, got);
            }
        }
    }

    private static InputStream open(Path path, InputStream packed) {
        try {
            return new GZIPInputStream(packed, BUFFER_BYTES);
        } catch (IOException e) {
            throw damaged(path, e);
        }
    }

    private static int read(Path path, InputStream plain, byte[] buffer) {
        try {
            return plain.read(buffer);
        } catch (IOException e) {
            throw damaged(path, e);
        }
    }

    private static void write(OutputStream rows, byte[] buffer, int count) throws CacheWriteException {
        try {
            rows.write(buffer, 0, count);
        } catch (IOException e) {
            throw new CacheWriteException(e);
        }
    }

    private static DataException damaged(Path path, IOException e) {
        return new DataException(
                "annotation file " + path + ": expected a whole gzip file, found "
                        + (e instanceof EOFException ? "that it ends too early" : e.getMessage())
                        + ": download or pack it again",
                e);
    }

    /** Removes the copies of other versions, whose names differ in the suffix only. */
    private static void removeOthers(Path place, String suffix) {
        Path folder = place.getParent();
        String name = String.valueOf(place.getFileName());
        String stem = name.substring(0, name.length() - suffix.length());
        if (folder == null) {
            return;
        }
        DirectoryStream.Filter<Path> others = path -> {
            String other = String.valueOf(path.getFileName());
            return !other.equals(name)
                    && other.startsWith(stem + ".")
                    && other.substring(stem.length()).matches("\\.\\d+-\\d+\\.mpo-rows");
        };
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, others)) {
            for (Path old : found) {
                Files.deleteIfExists(old);
            }
        } catch (IOException e) {
            LOG.debug("old copies beside {} stay", place, e);
        }
    }
}
