package dev.mpo.tools.demo;

import dev.mpo.core.ConfigException;
import dev.mpo.tools.report.RunReport;
import dev.mpo.train.setup.RunDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder of a demonstration and the places in it.
 *
 * @param path the folder
 */
public record DemoFolder(Path path) {

    /**
     * Returns the first of {@code name}, {@code name-2}, {@code name-3}, ... that is not there yet or empty, so that a
     * demonstration never ends because an earlier one did.
     */
    public static Path unused(Path name) {
        Path candidate = name;
        for (int i = 2; !isFree(candidate); i++) {
            candidate = name.resolveSibling(name.getFileName() + "-" + i);
        }
        return candidate;
    }

    /** Creates the folder; one that holds anything is refused. */
    public void create() {
        if (!isFree(path)) {
            throw new ConfigException(
                    "--output " + path
                            + ": expected a new or empty folder, found one that holds files; choose another name, or remove it");
        }
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new ConfigException(
                    "--output " + path + " cannot be created (" + e + "); choose a writable place", e);
        }
    }

    private static boolean isFree(Path path) {
        if (!Files.exists(path)) {
            return true;
        }
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            return !entries.iterator().hasNext();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + path, e);
        }
    }

    /** Returns the folder of the pairs and pictures. */
    public Path data() {
        return path.resolve("data");
    }

    /** Returns the untrained model. */
    public Path model() {
        return path.resolve("model");
    }

    /** Returns the settings of the training, as a file for {@code --config}. */
    public Path recipe() {
        return path.resolve("recipe.yaml");
    }

    /** Returns the folder of the training run. */
    public Path run() {
        return path.resolve("run");
    }

    /** Returns the trained model. */
    public Path trained() {
        return new RunDirectory(run()).export();
    }

    /** Returns the page about the run. */
    public Path report() {
        return run().resolve(RunReport.FILE);
    }

    /** Returns the scores of the held-out pairs by the untrained model. */
    public Path scoresBefore() {
        return path.resolve("scores").resolve("before.jsonl");
    }

    /** Returns the scores of the held-out pairs by the trained model. */
    public Path scoresAfter() {
        return path.resolve("scores").resolve("after.jsonl");
    }
}
