package dev.mpo.train.ranks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one rank failed, left in a file for the process that started the ranks of this machine: their ends are seen from
 * outside in any order, and a rank that fails because another one did must not hide that one's error.
 *
 * @param rank the number of the process
 * @param exitCode the exit code of its process
 * @param message its error, one sentence for people
 * @param consequence true if another rank's failure is behind it
 * @param millis when it failed, in milliseconds since 1970
 */
public record FailureReport(int rank, int exitCode, String message, boolean consequence, long millis) {

    /** Names the folder for reports in the environment of a rank. */
    public static final String FOLDER_VARIABLE = "MPO_FAILURE_REPORTS";

    private static final Logger LOG = LoggerFactory.getLogger(FailureReport.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SUFFIX = ".json";

    /** A failure of this moment. */
    public static FailureReport now(int rank, int exitCode, String message, boolean consequence) {
        return new FailureReport(rank, exitCode, message, consequence, System.currentTimeMillis());
    }

    /**
     * Leaves the report, unless nobody asked for it or the rank has left an earlier one, which is nearer to the cause.
     * Never throws: the failure itself is more important.
     *
     * @param environment the variables of the process
     */
    public void leave(Map<String, String> environment) {
        String folder = environment.get(FOLDER_VARIABLE);
        if (folder == null) {
            return;
        }
        Path file = Path.of(folder, "rank-" + rank + SUFFIX);
        try {
            if (!Files.exists(file)) {
                Path whole = Files.createTempFile(Path.of(folder), "rank-" + rank, ".tmp");
                JSON.writeValue(whole.toFile(), this);
                Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            LOG.debug("the report of a failure cannot be written to {}: {}", file, e.toString());
        }
    }

    /** Returns the reports in a folder, the one nearest to the cause first. */
    public static List<FailureReport> in(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .flatMap(file -> read(file).stream())
                    .sorted(Comparator.comparing(FailureReport::consequence)
                            .thenComparing(FailureReport::millis)
                            .thenComparing(FailureReport::rank))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<FailureReport> read(Path file) {
        try {
            return Optional.of(JSON.readValue(file.toFile(), FailureReport.class));
        } catch (IOException e) {
            LOG.debug("{} is no report: {}", file, e.toString());
            return Optional.empty();
        }
    }
}
