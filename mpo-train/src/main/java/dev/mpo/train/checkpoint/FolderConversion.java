package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.folder.ModelFolderDiagnosis;
import dev.mpo.core.weights.Layout;
import dev.mpo.data.convert.ModelConversion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Converts model folders into new ones, which appear under their names only when they are complete. */
public final class FolderConversion {

    private FolderConversion() {}

    /**
     * Writes a model folder in the other layout.
     *
     * @param source a complete model folder
     * @param layout the layout to write
     * @param target a new or empty folder
     * @throws ConfigException if the source is in that layout already, or the target holds something
     * @throws CheckpointException if the source cannot be used or the target not be written
     */
    public static ModelConversion.Report convert(Path source, Layout layout, Path target) {
        requireNew("OUT", target);
        if (!Files.isRegularFile(source.resolve("config.json"))) {
            throw ModelFolderDiagnosis.withoutConfig(source);
        }
        Path unfinished = Folders.temporary(target);
        try {
            Folders.delete(unfinished);
            ModelConversion.Report report = ModelConversion.convert(source, layout, unfinished);
            Folders.publish(unfinished, target);
            return report;
        } catch (IOException e) {
            throw new CheckpointException(target + ": the model cannot be written: " + e, e);
        } catch (RuntimeException e) {
            deleteQuietly(unfinished, e);
            throw e;
        }
    }

    private static void deleteQuietly(Path folder, RuntimeException cause) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Throws unless a folder is absent or empty. */
    static void requireNew(String option, Path target) {
        if (!Files.exists(target)) {
            return;
        }
        try (Stream<Path> files = Files.list(target)) {
            if (files.findAny().isEmpty()) {
                return;
            }
        } catch (IOException e) {
            throw new ConfigException(option + " " + target + ": expected a new or empty folder: " + e, e);
        }
        throw new ConfigException(option + " " + target + ": expected a new or empty folder; choose another name");
    }
}
