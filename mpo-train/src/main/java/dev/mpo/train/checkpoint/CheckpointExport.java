package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.weights.Layout;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.setup.PolicyExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns a checkpoint of a run into a model folder. Training data and optimizer are not touched. */
public final class CheckpointExport {

    private CheckpointExport() {}

    /**
     * What to export and how.
     *
     * @param checkpoint a folder {@code step-N}, or a run's folder for its newest sound checkpoint
     * @param target a new or empty folder
     * @param model where the model lies that the run started from; null = where the run found it
     * @param layout the layout to write; null = that of the model
     * @param mergeAdapters whether adapters, if there are any, are added to the weights
     */
    public record Options(
            Path checkpoint,
            Path target,
            @Nullable Path model,
            @Nullable Layout layout,
            boolean mergeAdapters) {}

    /**
     * Exports a checkpoint and returns the folder that it was.
     *
     * @throws CheckpointException if the checkpoint or the model is missing or damaged, or the target cannot be written
     * @throws ConfigException if the options do not fit the run
     */
    public static StepFolder export(Options options) {
        requireNew(options.target());
        StepFolder checkpoint = find(options.checkpoint());
        RunConfig settings = checkpoint.config();
        if (options.model() != null) {
            settings = settings.withText("model.path", options.model().toString());
        }
        if (settings.model().lora().enabled() && !options.mergeAdapters()) {
            throw new ConfigException(checkpoint.path() + ": the run trained adapters (model.lora.rank="
                    + settings.model().lora().rank() + "), and a model folder holds none: give --merge-lora to add them"
                    + " to the weights");
        }
        try (PolicyExport export = PolicyExport.open(settings)) {
            requireLayout(options.layout(), export.layout());
            CheckpointStore.restoreWeights(checkpoint, export.policy());
            Path unfinished = Folders.temporary(options.target());
            Folders.delete(unfinished);
            export.write(unfinished);
            Folders.publish(unfinished, options.target());
        } catch (IOException e) {
            throw new CheckpointException(options.target() + ": the model cannot be written: " + e, e);
        }
        return checkpoint;
    }

    private static void requireNew(Path target) {
        if (!Files.exists(target)) {
            return;
        }
        try (Stream<Path> files = Files.list(target)) {
            if (files.findAny().isEmpty()) {
                return;
            }
        } catch (IOException e) {
            throw new ConfigException("--out " + target + ": expected a new or empty folder: " + e, e);
        }
        throw new ConfigException("--out " + target + ": expected a new or empty folder; choose another name");
    }

    private static StepFolder find(Path folder) {
        StepFolder step = StepFolder.parse(folder).orElse(null);
        if (step != null) {
            CheckpointStore.verify(step);
            return step;
        }
        return new CheckpointStore(folder)
                .newest()
                .orElseThrow(
                        () -> new CheckpointException(
                                folder + ": expected a folder step-N, or the folder of a run"
                                        + " that holds some, found neither. Runs write checkpoints with checkpoint.save_steps above 0"));
    }

    private static void requireLayout(@Nullable Layout wanted, Layout own) {
        if (wanted != null && wanted != own) {
            throw new ConfigException("--format: expected the layout of the model that the run started from, "
                    + (own == Layout.ORIGINAL ? "internvl" : "hf") + ", got "
                    + (wanted == Layout.ORIGINAL ? "internvl" : "hf")
                    + "; config.json cannot be translated in this version, so export as it is and convert it with"
                    + " transformers' convert_internvl_weights_to_hf.py");
        }
    }
}
