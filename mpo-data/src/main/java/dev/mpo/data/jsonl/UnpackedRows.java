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
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacked copies of gzip and zstd files, because rows are read in any order and these can only be read from their
 * beginning. A copy is named after size and modification time of the packed file; copies of older versions are removed.
 * Of several processes that want a copy at once one makes it and the others wait for it.
 */
final class UnpackedRows {

    private static final Logger LOG = LoggerFactory.getLogger(UnpackedRows.class);
    private static final String SUFFIX = ".mpo-rows";
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path path;
    private final PackedFormat format;
    private final FileVersion version;
    private final String suffix;
    private final List<Path> places;

    private UnpackedRows(Path path, PackedFormat format, CacheFiles files) throws IOException {
        this.path = path;
        this.format = format;
        this.version = FileVersion.of(path);
        this.suffix = "." + version.size() + "-" + version.modifiedNanos() + SUFFIX;
        this.places = files.of(path, suffix);
    }

    /**
     * Returns the unpacked copy of a file, made if there is none yet, or the file itself if it is not packed.
     *
     * @throws DataException if the file is damaged, or no copy can be written
     * @throws IOException if the file cannot be read
     */
    static Path of(Path path, CacheFiles places) throws IOException {
        Optional<PackedFormat> format = PackedFormat.of(path);
        return format.isEmpty() ? path : new UnpackedRows(path, format.get(), places).copy();
    }

    private Path copy() throws IOException {
        Optional<Path> kept = find();
        if (kept.isPresent()) {
            return kept.get();
        }
        try (BuildLock lock = BuildLock.acquire(places)) {
            kept = find(); // made by whoever held the lock before
            return kept.isPresent() ? kept.get() : make();
        }
    }

    private Optional<Path> find() {
        return places.stream().filter(Files::isRegularFile).findFirst();
    }

    private Path make() throws IOException {
        for (Path place : places) {
            Optional<Path> temporary = CacheFiles.temporaryFor(place);
            if (temporary.isPresent()) {
                try {
                    LOG.info("unpacking {} to {}", path, place);
                    unpack(temporary.get());
                    CacheFiles.rename(temporary.get(), place);
                    removeOthers(place);
                    return place;
                } catch (CacheWriteException e) {
                    LOG.warn("{} cannot be unpacked to {}: {}", path, place, e.getMessage());
                } finally {
                    Files.deleteIfExists(temporary.get());
                }
            }
        }
        throw new DataException("annotation file " + path + " cannot be unpacked to any of " + places
                + ": unpack it yourself (" + format.command() + ") and name the .jsonl file in the meta file");
    }

    private void unpack(Path target) throws IOException {
        try (InputStream packed = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
                InputStream plain = open(packed);
                OutputStream rows = Files.newOutputStream(target)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int got = read(plain, buffer); got >= 0; got = read(plain, buffer)) {
                write(rows, buffer, got);
            }
        }
        if (!FileVersion.of(path).equals(version)) {
            throw new DataException(
                    "annotation file " + path + " was changed while it was unpacked: start again when it is complete");
        }
    }

    private InputStream open(InputStream packed) {
        try {
            return format.unpack(packed);
        } catch (IOException e) {
            throw damaged(e);
        } catch (LinkageError e) {
            throw new DataException(
                    "annotation file " + path + " cannot be unpacked here, because the library for "
                            + format.label() + " cannot be loaded (" + e.getMessage() + "): unpack it yourself ("
                            + format.command() + ") and name the .jsonl file in the meta file",
                    e);
        }
    }

    private int read(InputStream plain, byte[] buffer) {
        try {
            return plain.read(buffer);
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    private static void write(OutputStream rows, byte[] buffer, int count) throws CacheWriteException {
        try {
            rows.write(buffer, 0, count);
        } catch (IOException e) {
            throw new CacheWriteException(e);
        }
    }

    private DataException damaged(IOException e) {
        return new DataException(
                "annotation file " + path + ": expected a whole " + format.label() + " file, found "
                        + (e instanceof EOFException ? "that it ends too early" : e.getMessage())
                        + ": download or pack it again",
                e);
    }

    /** Removes the copies of other versions, whose names differ in the suffix only. */
    private void removeOthers(Path place) {
        Path folder = place.getParent();
        String name = String.valueOf(place.getFileName());
        String stem = name.substring(0, name.length() - suffix.length());
        if (folder == null) {
            return;
        }
        DirectoryStream.Filter<Path> others = found -> {
            String other = String.valueOf(found.getFileName());
            return !other.equals(name)
                    && other.startsWith(stem + ".")
                    && other.substring(stem.length()).matches("\\.\\d+-\\d+\\.mpo-rows");
        };
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, others)) {
            for (Path old : found) {
                Files.deleteIfExists(old);
                Files.deleteIfExists(LineIndexCache.beside(old));
            }
        } catch (IOException e) {
            LOG.debug("old copies beside {} stay", place, e);
        }
    }
}
