package dev.mpo.eval.pipeline.sample;

import dev.mpo.core.ConfigException;
import dev.mpo.train.ranks.Ranks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of sampled texts: {@code NAME.jsonl}, or {@code NAME.rank-0000.jsonl} and so on where several processes
 * share the work.
 */
public final class SampleFolder {

    private static final String SUFFIX = ".jsonl";
    private static final Pattern RANK = Pattern.compile("\\.rank-\\d+$");

    private SampleFolder() {}

    /** Returns the data set that a file of sampled texts belongs to: its name without rank and ending. */
    public static String dataset(Path file) {
        String name = file.getFileName().toString();
        return RANK.matcher(name.substring(0, name.length() - SUFFIX.length())).replaceFirst("");
    }

    /** Returns the file that a rank writes. */
    static Path file(Path folder, String dataset, Ranks ranks) {
        return file(folder, dataset, ranks.rank(), ranks.size());
    }

    /** Returns the file that one of some ranks writes. */
    static Path file(Path folder, String dataset, int rank, int size) {
        return folder.resolve(dataset + (size == 1 ? "" : ".rank-%04d".formatted(rank)) + SUFFIX);
    }

    /** Returns the file that tells which texts a rank could not get. */
    static Path failures(Path folder, String dataset, Ranks ranks) {
        return folder.resolve("failures").resolve(file(folder, dataset, ranks).getFileName());
    }

    /** Returns all files of a data set, whichever rank of whichever run wrote them, by name. */
    static List<Path> files(Path folder, String dataset) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().endsWith(SUFFIX)
                            && Files.isRegularFile(file)
                            && dataset(file).equals(dataset))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ConfigException("--out-dir " + folder + " cannot be read: " + e, e);
        }
    }
}
