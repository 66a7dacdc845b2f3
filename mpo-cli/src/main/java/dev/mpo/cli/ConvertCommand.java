package dev.mpo.cli;

import dev.mpo.data.convert.ModelConversion;
import dev.mpo.train.checkpoint.FolderConversion;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mpo convert}: rewrites a model folder in the other checkpoint layout. */
@Command(
        name = "convert",
        description = {
            "Rewrites a model folder in the other checkpoint layout: weights, config.json, tokenizer, processor and chat"
                    + " template. Works tensor by tensor; no model is loaded.",
            "Files that the new layout has no place for are kept in the sub-folder original (internvl to hf) or named."
        })
final class ConvertCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "IN", description = "Model folder: config.json beside *.safetensors.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "Model folder to write, new or empty.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path out;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            required = true,
            description = "Layout to write: internvl (original, InternVLChatModel) or hf (transformers without remote"
                    + " code, InternVLForConditionalGeneration).")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private ModelFormat format;

    /**
     * What the command did.
     *
     * @param out the new folder
     * @param tensors tensors written
     * @param kept files that the new folder keeps in its sub-folder original
     * @param leftOut files that have no place in the new layout
     * @param notes what the new folder lacks, with the remedy
     */
    private record Result(String out, int tensors, List<String> kept, List<String> leftOut, List<String> notes) {}

    @Override
    public Integer call() {
        ModelConversion.Report report = FolderConversion.convert(in, format.layout(), out);
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(
                    console,
                    new Result(out.toString(), report.tensors(), report.kept(), report.leftOut(), report.notes()));
        } else {
            print(report, console);
            console.printf("%d tensors: %s%n", report.tensors(), out);
            console.flush();
        }
        return ExitCodes.OK;
    }

    /** Says what of a folder did not come along, one line each. */
    static void print(ModelConversion.Report report, PrintWriter console) {
        if (!report.kept().isEmpty()) {
            console.println("kept in the sub-folder original: " + String.join(", ", report.kept()));
        }
        if (!report.leftOut().isEmpty()) {
            console.println("left out: " + String.join(", ", report.leftOut()));
        }
        report.notes().forEach(note -> console.println("note: " + note));
    }
}
