package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import dev.mpo.tools.report.RunReport;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mpo report}: the HTML page about a run. */
@Command(
        name = "report",
        description = {
            "Writes RUN_DIR/report.html, one page without outside files: curves of losses, rewards and speed, held-out"
                    + " scores and pairs where evaluation.json has them, settings, provenance.",
            "Training writes the page when it ends; this command writes it for a run that is under way or was killed,"
                    + " or again."
        })
final class ReportCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN_DIR", description = "Folder of a run, the --output of mpo train.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path run;

    @Override
    public Integer call() {
        if (!Files.isDirectory(run)) {
            throw new ConfigException(run + ": expected the folder of a run, found "
                    + (Files.exists(run) ? "a file" : "nothing") + "; give the --output of mpo train");
        }
        Path report = RunReport.write(run);
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(console, Map.of("report", report.toString()));
        } else {
            console.println("report: " + report);
            console.flush();
        }
        return ExitCodes.OK;
    }
}
