package dev.mpo.data.prepare;

import dev.mpo.core.DataException;
import dev.mpo.data.meta.MetaJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a downloaded folder trainable: unpacks its archives and writes a meta file with paths of this machine. */
public final class DataPreparation {

    private static final int META_DEPTH = 3;
    private static final long MAX_META_BYTES = 16L << 20;

    private DataPreparation() {}

    /**
     * Prepares a folder. Repeating the call goes on where an earlier one was stopped, and does nothing where all is
     * done.
     *
     * @param meta the downloaded meta file; null to look for one
     * @throws DataException if an archive is damaged, incomplete or not to be trusted, there is no room for what is in
     *     it, or no data set has its files; data sets without their files are otherwise left out of the new meta file
     *     and reported
     */
    public static PrepareReport prepare(PrepareOptions options, @Nullable Path meta, PrepareProgress progress) {
        return prepare(options, meta, progress, FreeSpace.of(options.target()));
    }

    /** As above, with other news of the room that is left. */
    static PrepareReport prepare(
            PrepareOptions options, @Nullable Path meta, PrepareProgress progress, FreeSpace space) {
        if (!Files.isDirectory(options.source())) {
            throw new DataException(options.source() + ": expected the downloaded folder, found "
                    + (Files.exists(options.source()) ? "a file" : "nothing") + ". Fix: name the folder");
        }
        try {
            List<ArchiveParts> archives = ArchiveParts.find(options.source());
            long packed = archives.stream().mapToLong(ArchiveParts::bytes).sum();
            Files.createDirectories(options.target());
            Unpacking unpacking = new Unpacking(options, progress, packed, space);
            unpacking.requireSpace(archives);
            archives.forEach(unpacking::unpack);
            Path target = options.target().resolve(MetaRewriter.NAME);
            MetaRewriter rewriter = new MetaRewriter(options);
            int datasets = rewriter.rewrite(meta == null ? findMeta(options) : meta, target);
            return new PrepareReport(
                    archives.size(),
                    unpacking.unpacked(),
                    unpacking.present(),
                    unpacking.bytes(),
                    target,
                    datasets,
                    rewriter.missing());
        } catch (IOException e) {
            throw new DataException(
                    options.target() + ": cannot be prepared (" + e + "). Fix: check permissions and free space", e);
        }
    }

    private static Path findMeta(PrepareOptions options) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path folder : List.of(options.source(), options.target())) {
            if (!found.isEmpty()) {
                break;
            }
            try (Stream<Path> files = Files.find(
                    folder,
                    META_DEPTH,
                    (path, attributes) -> attributes.isRegularFile()
                            && attributes.size() <= MAX_META_BYTES
                            && path.getFileName().toString().endsWith(".json")
                            && !path.endsWith(MetaRewriter.NAME))) {
                for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                    if (MetaRewriter.isMeta(file)) {
                        found.add(file);
                    }
                }
            }
        }
        if (found.isEmpty()) {
            refuseParquet(options);
        }
        if (found.size() != 1) {
            throw new DataException(options.source() + ": expected one meta file, a JSON object of data sets with root"
                    + " and annotation each, found " + (found.isEmpty() ? "none" : found)
                    + ". Fix: download it, or name it with --meta");
        }
        return found.get(0);
    }

    /** Explains a folder that holds tables of questions, such as MMPR-Tiny, in place of pairs. */
    private static void refuseParquet(PrepareOptions options) throws IOException {
        try (Stream<Path> files = Files.find(
                options.source(),
                META_DEPTH,
                (path, attributes) -> attributes.isRegularFile()
                        && path.getFileName().toString().endsWith(".parquet"))) {
            Path first = files.sorted().findFirst().orElse(null);
            if (first != null) {
                throw new DataException(MetaJson.parquetExplained(first));
            }
        }
    }
}
