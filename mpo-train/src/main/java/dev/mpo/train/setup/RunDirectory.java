package dev.mpo.train.setup;

import dev.mpo.core.ConfigException;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output folder of a run and the names of what is in it.
 *
 * @param path the folder
 */
public record RunDirectory(Path path) {

    private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);
    private static final String CHECKPOINTS = "step-*";

    /** Makes the folder ready for a first step: creates it, and removes the records of steps. */
    public void begin() {
        try {
            Files.createDirectories(path);
            Files.deleteIfExists(badSamples());
            Files.deleteIfExists(metrics());
        } catch (IOException e) {
            throw new ConfigException("--output " + path + " cannot be prepared: " + e, e);
        }
    }

    /**
     * Makes the folder ready for the step after a checkpoint: cuts off what was recorded after it, so that no step
     * appears twice.
     *
     * @param metricsBytes length of {@link #metrics()} at the checkpoint
     * @param badSamplesBytes length of {@link #badSamples()} at the checkpoint
     */
    public void continueFrom(long metricsBytes, long badSamplesBytes) {
        cut(metrics(), metricsBytes);
        cut(badSamples(), badSamplesBytes);
    }

    private static void cut(Path file, long length) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (channel.size() < length) {
                LOG.warn(
                        "{} has {} bytes, but had {} at the checkpoint: records of earlier steps are lost, training is"
                                + " not affected",
                        file,
                        channel.size(),
                        length);
            }
            channel.truncate(length);
        } catch (IOException e) {
            throw new ConfigException("cannot continue " + file + ": " + e, e);
        }
    }

    /**
     * Refuses a folder that holds an earlier run, and a file. What an attempt left that ended before its first step is
     * no run.
     */
    public void requireUnused() {
        requireFolder();
        if (notEmpty(metrics()) || Files.exists(export()) || hasCheckpoints()) {
            throw new ConfigException("--output " + path
                    + " holds an earlier run: expected a new or empty folder; choose another name, move that run away,"
                    + " or continue it with --resume");
        }
    }

    /** Refuses a file. */
    public void requireFolder() {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new ConfigException("--output " + path + ": expected a folder, got a file; choose another name");
        }
    }

    private boolean hasCheckpoints() {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(path, CHECKPOINTS)) {
            return found.iterator().hasNext();
        } catch (IOException e) {
            return true;
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
