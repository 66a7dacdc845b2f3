package dev.mpo.data.jsonl;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Indexes of large files, kept on disk between runs and shared by all processes that map them.
 *
 * <p>An index lies beside its file as {@code .NAME.mpo-index}, or in the user's cache folder where that is not
 * writable. It is used while size and modification time of the file are what they were. A file changed in the last two
 * seconds is not trusted to show the next change by its time, so its index is not kept. Of several processes that open
 * a file at once one reads it and the others wait for its index.
 */
final class LineIndexCache {

    /** Files from this size on are worth an index on disk; smaller ones are read in the time it takes to open two. */
    static final long LEAST_BYTES = 8L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(LineIndexCache.class);
    private static final String SUFFIX = ".mpo-index";
    private static final int MAX_WORKERS = 8;

    private final long leastBytes;
    private final CacheFiles places;

    LineIndexCache(long leastBytes, CacheFiles places) {
        this.leastBytes = leastBytes;
        this.places = places;
    }

    /** Returns the cache for everyday use. */
    static LineIndexCache standard() {
        return new LineIndexCache(LEAST_BYTES, CacheFiles.standard());
    }

    /**
     * An index and where it came from.
     *
     * @param origin whether it was read, written or neither
     */
    record Opened(LineIndex index, JsonlFile.IndexOrigin origin) {}

    /** Returns where derived files are kept. */
    CacheFiles places() {
        return places;
    }

    /** Returns the preferred place of a file's index. */
    static Path beside(Path path) {
        return CacheFiles.beside(path, SUFFIX);
    }

    /**
     * Returns the index of an open file, from disk if there is a current one.
     *
     * @param finished whether nobody will write to the file any more, however new it is
     */
    Opened open(Path path, FileChannel channel, boolean finished) throws IOException {
        FileVersion version = FileVersion.of(path);
        int numWorkers = Math.min(MAX_WORKERS, Runtime.getRuntime().availableProcessors());
        if (version.size() >= leastBytes) {
            Optional<Opened> kept = find(path, version);
            if (kept.isPresent()) {
                return kept.get();
            }
            if (finished || version.isSettled()) {
                Optional<Opened> built = findOrBuild(path, channel, version, numWorkers);
                if (built.isPresent()) {
                    return built.get();
                }
            }
        }
        return new Opened(LineIndex.scan(channel, version.size(), numWorkers), JsonlFile.IndexOrigin.MEMORY);
    }

    private Optional<Opened> find(Path path, FileVersion version) {
        for (Path place : places.of(path, SUFFIX)) {
            Optional<LineIndex> kept = LineIndexFile.read(place, version);
            if (kept.isPresent()) {
                LOG.debug("{}: index of {} rows read from {}", path, kept.get().count(), place);
                return Optional.of(new Opened(kept.get(), JsonlFile.IndexOrigin.REUSED));
            }
        }
        return Optional.empty();
    }

    private Optional<Opened> findOrBuild(Path path, FileChannel channel, FileVersion version, int numWorkers)
            throws IOException {
        try (BuildLock lock = BuildLock.acquire(places.of(path, SUFFIX))) {
            Optional<Opened> kept = find(path, version); // made by whoever held the lock before
            return kept.isPresent()
                    ? kept
                    : build(path, channel, version, numWorkers)
                            .map(index -> new Opened(index, JsonlFile.IndexOrigin.WRITTEN));
        }
    }

    private Optional<LineIndex> build(Path path, FileChannel channel, FileVersion version, int numWorkers)
            throws IOException {
        for (Path place : places.of(path, SUFFIX)) {
            Optional<Path> temporary = CacheFiles.temporaryFor(place);
            if (temporary.isEmpty()) {
                continue;
            }
            try {
                LineIndexFile.write(temporary.get(), channel, version, numWorkers);
                if (FileVersion.of(path).equals(version)) {
                    CacheFiles.rename(temporary.get(), place);
                    LOG.debug("{}: index written to {}", path, place);
                    return LineIndexFile.read(place, version);
                }
                return Optional.empty();
            } catch (CacheWriteException e) {
                LOG.debug("{}: index cannot be written to {}", path, place, e);
            } finally {
                Files.deleteIfExists(temporary.get());
            }
        }
        return Optional.empty();
    }
}
