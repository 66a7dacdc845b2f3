package dev.mpo.cli;

import dev.mpo.data.convert.ModelConversion;
import dev.mpo.train.checkpoint.CheckpointExport;
import dev.mpo.train.checkpoint.StepFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
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
                "Makes a folder that the Python stack loads of a checkpoint of a training run, or of a model folder in"
                        + " the other layout. A checkpoint needs the model that the run started from, but no training"
                        + " data.")
final class ExportCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Option(
            names = "--checkpoint",
            paramLabel = "DIR",
            required = true,
            description =
                    "Folder step-N of a run, the run's folder for its newest sound checkpoint, or a model folder.")
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
            description = "Layout: internvl (original) or hf (transformers without remote code). Default: that of the"
                    + " model that the run started from.")
    private @Nullable ModelFormat format;

    @Option(names = "--merge-lora", description = "Add the adapters of a LoRA run to the weights.")
    private boolean mergeLora;

    /**
     * What the command did.
     *
     * @param checkpoint the checkpoint or model folder that was used
     * @param step its optimizer step; null for a model folder
     * @param out the model folder
     * @param kept files without a place in another layout that are kept in the sub-folder original
     * @param leftOut files without a place in another layout that were left out
     * @param notes what the new folder lacks, with the remedy
     */
    private record Result(
            String checkpoint,
            @Nullable Long step,
            String out,
            List<String> kept,
            List<String> leftOut,
            List<String> notes) {}

    @Override
    public Integer call() {
        CheckpointExport.Exported exported = CheckpointExport.export(new CheckpointExport.Options(
                checkpoint, out, model, format == null ? null : format.layout(), mergeLora));
        StepFolder used = exported.checkpoint();
        ModelConversion.Report report = exported.conversion();
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(
                    console,
                    new Result(
                            (used == null ? checkpoint : used.path()).toString(),
                            used == null ? null : used.step(),
                            out.toString(),
                            report == null ? List.of() : report.kept(),
                            report == null ? List.of() : report.leftOut(),
                            report == null ? List.of() : report.notes()));
            return ExitCodes.OK;
        }
        if (report != null) {
            ConvertCommand.print(report, console);
        }
        if (used == null) {
            console.printf("%s: %s%n", checkpoint, out);
        } else {
            console.printf("step %d of %s: %s%n", used.step(), used.path(), out);
        }
        console.flush();
        return ExitCodes.OK;
    }
}
