package dev.mpo.cli;

import dev.mpo.core.weights.Layout;
import dev.mpo.train.checkpoint.CheckpointExport;
import dev.mpo.train.checkpoint.StepFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo export}: makes a model folder of a training checkpoint. */
@Command(
        name = "export",
        description =
                "Makes a folder that the Python stack loads of a checkpoint of a training run. Needs the model that"
                        + " the run started from, but no training data.")
final class ExportCommand implements Callable<Integer> {

    /** The layouts by the names that people give them. */
    enum Format {
        INTERNVL(Layout.ORIGINAL),
        HF(Layout.TRANSFORMERS);

        private final Layout layout;

        Format(Layout layout) {
            this.layout = layout;
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Option(
            names = "--checkpoint",
            paramLabel = "DIR",
            required = true,
            description = "Folder step-N of a run, or the run's folder for its newest sound checkpoint.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path checkpoint;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Model folder to write, new or empty.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path out;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Model that the run started from, if it has moved since.")
    private @Nullable Path model;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Layout: internvl (original) or hf (transformers). Default: that of the model that the run"
                    + " started from, which is the only one in this version.")
    private @Nullable Format format;

    @Option(names = "--merge-lora", description = "Add the adapters of a LoRA run to the weights.")
    private boolean mergeLora;

    /**
     * What the command did.
     *
     * @param checkpoint the checkpoint that was used
     * @param step its optimizer step
     * @param out the model folder
     */
    private record Result(String checkpoint, long step, String out) {}

    @Override
    public Integer call() {
        StepFolder used = CheckpointExport.export(
                new CheckpointExport.Options(checkpoint, out, model, format == null ? null : format.layout, mergeLora));
        Result result = new Result(used.path().toString(), used.step(), out.toString());
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(console, result);
        } else {
            console.printf("step %d of %s: %s%n", result.step(), result.checkpoint(), result.out());
            console.flush();
        }
        return ExitCodes.OK;
    }
}
