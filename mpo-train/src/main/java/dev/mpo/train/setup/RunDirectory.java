package dev.mpo.train.setup;

import dev.mpo.core.ConfigException;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The output folder of a run and the names of what is in it.
 *
 * @param path the folder
 */
public record RunDirectory(Path path) {

    /** Creates the folder; one that holds an earlier run is refused, so that nothing is overwritten. */
    public static RunDirectory create(Path path) {
        RunDirectory directory = new RunDirectory(path);
        directory.requireUnused();
        try {
            Files.createDirectories(path);
            Files.deleteIfExists(directory.badSamples());
        } catch (IOException e) {
            throw new ConfigException("--output " + path + " cannot be created: " + e, e);
        }
        return directory;
    }

    /**
     * Refuses a folder that holds an earlier run, and a file. What an attempt left that ended before its first step is
     * no run.
     */
    public void requireUnused() {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new ConfigException("--output " + path + ": expected a folder, got a file; choose another name");
        }
        if (notEmpty(metrics()) || Files.exists(export())) {
            throw new ConfigException(
                    "--output " + path
                            + " holds an earlier run: expected a new or empty folder; choose another name, or move that run away");
        }
    }

    private static boolean notEmpty(Path file) {
        try {
            return Files.exists(file) && Files.size(file) > 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** Writes the settings as they were resolved. */
    public void writeConfig(RunConfig config) {
        write("config.resolved.yaml", config.toYaml());
    }

    /** Writes where the run came from. */
    public void writeProvenance(String json) {
        write("provenance.json", json);
    }

    private void write(String name, String content) {
        try {
            Files.writeString(path.resolve(name), content);
        } catch (IOException e) {
            throw new ConfigException("cannot write " + path.resolve(name) + ": " + e, e);
        }
    }

    /** Returns the file of per-step numbers. */
    public Path metrics() {
        return path.resolve("metrics.jsonl");
    }

    /** Returns the report of unusable rows. */
    public Path badSamples() {
        return path.resolve("bad_samples.jsonl");
    }

    /** Returns the folder of TensorBoard events. */
    public Path tensorboard() {
        return path.resolve("tensorboard");
    }

    /** Returns the folder of the trained model. */
    public Path export() {
        return path.resolve("final");
    }
}
