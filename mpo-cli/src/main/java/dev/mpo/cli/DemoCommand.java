package dev.mpo.cli;

import dev.mpo.train.demo.Demo;
import dev.mpo.train.demo.DemoFolder;
import dev.mpo.train.demo.DemoOptions;
import dev.mpo.train.demo.DemoResult;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mpo demo}: the main job on data and a model that the program makes itself. */
@Command(
        name = "demo",
        description = {
            "Shows preference training from nothing, in a minute or two on a CPU and without downloads: draws a picture"
                    + " data set, makes a nano InternVL with random weights, trains it, and measures on held-out pairs"
                    + " how far the reward margin and the accuracy rise.",
            "Prints the commands that do the same by hand. The same seed gives the same numbers."
        })
final class DemoCommand implements Callable<Integer> {

    private static final Path DEFAULT_OUTPUT = Path.of("mpo-demo");
    private static final int LOG_STEPS = 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Folder to write to, new or empty. Without it: mpo-demo here, or mpo-demo-2, ... if that is there.")
    private @Nullable Path output;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Optimizer steps of 8 pairs; 1000 take about a minute.")
    private int steps;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Decides the pictures, the starting weights and the order of the pairs; at least 0.")
    private long seed;

    @Override
    public Integer call() {
        if (steps < 1 || seed < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    steps < 1
                            ? "--steps: expected at least 1, got " + steps
                            : "--seed: expected at least 0, got " + seed);
        }
        Mpo mpo = Mpo.of(spec.commandLine());
        Logging.setLevel(mpo.verbose(), !mpo.verbose()); // the demo tells in its own words what the log would say
        DemoResult result = run(mpo, output == null ? DemoFolder.unused(DEFAULT_OUTPUT) : output);
        DemoSummary summary = DemoSummary.of(result, System.getProperty("mpo.command", "mpo"));
        if (mpo.json()) {
            JsonOutput.print(spec.commandLine().getOut(), summary);
        } else {
            summary.print(spec.commandLine().getOut());
        }
        return ExitCodes.OK;
    }

    private DemoResult run(Mpo mpo, Path folder) {
        DemoOptions defaults = DemoOptions.defaults();
        DemoOptions options = new DemoOptions(steps, seed, defaults.trainPairs(), defaults.heldOutPairs());
        try (DemoConsole console = new DemoConsole(mpo, new DemoFolder(folder), LOG_STEPS)) {
            try {
                return Demo.run(folder, options, console);
            } catch (RuntimeException | Error e) {
                console.failure(e);
                throw e;
            }
        }
    }
}
