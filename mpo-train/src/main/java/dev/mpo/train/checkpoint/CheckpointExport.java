package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.weights.Layout;
import dev.mpo.data.convert.ModelConversion;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.setup.PolicyExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Turns a checkpoint of a run into a model folder. Training data and optimizer are not touched. */
public final class CheckpointExport {

    private CheckpointExport() {}

    /**
     * What to export and how.
     *
     * @param source a folder {@code step-N}, a run's folder for its newest sound checkpoint, or a model folder
     * @param target a new or empty folder
     * @param model where the model lies that the run started from; null = where the run found it
     * @param layout the layout to write; null = that of the model
     * @param mergeAdapters whether adapters, if there are any, are added to the weights
     */
    public record Options(
            Path source,
            Path target,
            @Nullable Path model,
            @Nullable Layout layout,
            boolean mergeAdapters) {}

    /**
     * What was exported.
     *
     * @param checkpoint the checkpoint; null where the source was a model folder
     * @param conversion what did not come along into another layout; null where the layout stayed
     */
    public record Exported(@Nullable StepFolder checkpoint, ModelConversion.@Nullable Report conversion) {}

    /**
     * Exports a checkpoint or a model folder.
     *
     * @throws CheckpointException if the checkpoint or the model is missing or damaged, or the target cannot be written
     * @throws ConfigException if the options do not fit the run
     */
    public static Exported export(Options options) {
        FolderConversion.requireNew("--out", options.target());
        if (isModel(options.source())) {
            return exportModel(options);
        }
        StepFolder checkpoint = find(options.source());
        RunConfig settings = checkpoint.config();
        if (options.model() != null) {
            settings = settings.withText("model.path", options.model().toString());
        }
        if (settings.model().lora().enabled() && !options.mergeAdapters()) {
            throw new ConfigException(checkpoint.path() + ": the run trained adapters (model.lora.rank="
                    + settings.model().lora().rank() + "), and a model folder holds none: give --merge-lora to add them"
                    + " to the weights");
        }
        // Not the name that a conversion writes to before it is complete.
        Path unfinished = Folders.temporary(
                options.target().resolveSibling(options.target().getFileName() + ".unconverted"));
        Layout own;
        try (PolicyExport export = PolicyExport.open(settings)) {
            own = export.layout();
            CheckpointStore.restoreWeights(checkpoint, export.policy());
            Folders.delete(unfinished);
            export.write(unfinished);
        } catch (IOException e) {
            throw new CheckpointException(options.target() + ": the model cannot be written: " + e, e);
        }
        return new Exported(checkpoint, publish(unfinished, own, options));
    }

    /** Gives a written model its name, in the other layout if that is wanted. */
    private static ModelConversion.@Nullable Report publish(Path written, Layout own, Options options) {
        try {
            Layout wanted = options.layout();
            if (wanted == null || wanted == own) {
                Folders.publish(written, options.target());
                return null;
            }
            ModelConversion.Report report = FolderConversion.convert(written, wanted, options.target());
            Folders.delete(written);
            return report;
        } catch (IOException e) {
            throw new CheckpointException(options.target() + ": the model cannot be written: " + e, e);
        }
    }

    private static boolean isModel(Path folder) {
        return Files.isRegularFile(folder.resolve("config.json")) && SafetensorsFolder.isPresentIn(folder);
    }

    private static Exported exportModel(Options options) {
        Layout wanted = options.layout();
        if (wanted == null) {
            throw new ConfigException(options.source() + ": expected a run or a checkpoint, got a model folder; give"
                    + " --format internvl or --format hf to convert it");
        }
        if (options.model() != null || options.mergeAdapters()) {
            throw new ConfigException(options.source() + ": a model folder goes with neither --model nor --merge-lora,"
                    + " which are for checkpoints of a run");
        }
        return new Exported(null, FolderConversion.convert(options.source(), wanted, options.target()));
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
                                folder + ": expected a folder step-N, the folder of a run that"
                                        + " holds some, or a model folder, found none. Runs write checkpoints with checkpoint.save_steps above 0"));
    }
}
