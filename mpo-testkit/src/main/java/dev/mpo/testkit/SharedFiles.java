package dev.mpo.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds the folder of reference numbers and tokenizers that lies beside a checkout, without naming a place on any one
 * machine.
 *
 * <p>The system property {@code mpo.shared} or the environment variable {@code MPO_SHARED} names it; otherwise the
 * first folder called {@code shared} with a {@code goldens} folder in it, beside the working directory or one of its
 * parents.
 */
public final class SharedFiles {

    private SharedFiles() {}

    /** Returns the file or folder at a path below the shared folder, or aborts the calling test with the reason. */
    public static Path require(String relative) {
        Optional<Path> found = find(relative);
        Assumptions.assumeTrue(
                found.isPresent(),
                "no folder 'shared' beside the checkout holds " + relative + " (set -Dmpo.shared=DIR)");
        return found.orElseThrow();
    }

    /** Returns the file or folder at a path below the shared folder, if both exist. */
    public static Optional<Path> find(String relative) {
        return root().map(root -> root.resolve(relative)).filter(Files::exists);
    }

    private static Optional<Path> root() {
        String named = System.getProperty("mpo.shared", System.getenv("MPO_SHARED"));
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
            Path candidate = dir.resolveSibling("shared");
            if (dir.getParent() != null && Files.isDirectory(candidate.resolve("goldens"))) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
