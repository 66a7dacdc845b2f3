package dev.mpo.cli;

import dev.mpo.tools.demo.Demo;
import dev.mpo.tools.demo.DemoFolder;
import dev.mpo.tools.demo.DemoOptions;
import dev.mpo.tools.demo.DemoResult;
import dev.mpo.tools.demo.loop.LoopDemo;
import dev.mpo.tools.demo.loop.LoopFolder;
import dev.mpo.tools.demo.loop.LoopOptions;
import dev.mpo.tools.demo.loop.LoopResult;
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
            "With --loop it closes the loop in five to seven minutes: supervised training on a few answers with"
                    + " reasoning, answers of its own to many more questions, pairs of right and wrong ones, preference"
                    + " training on these, and an examination on held-out questions before and after.",
            "Prints the commands that do the same by hand. The same seed gives the same numbers."
        })
final class DemoCommand implements Callable<Integer> {

    private static final Path DEFAULT_OUTPUT = Path.of("mpo-demo");
    private static final Path DEFAULT_LOOP_OUTPUT = Path.of("mpo-loop");
    private static final int LOG_STEPS = 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Folder to write to, new or empty. Without it: mpo-demo here (mpo-loop with --loop), or mpo-demo-2,"
                            + " ... if that is there.")
    private @Nullable Path output;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description =
                    "Optimizer steps of 8 pairs. Default: 1000, which take about a minute; with --loop 800 for each"
                            + " of the two trainings.")
    private @Nullable Integer steps;

    @Option(
            names = "--loop",
            description = "Close the loop: train on preference pairs made of the model's own answers.")
    private boolean loop;

    @Option(
            names = "--questions",
            paramLabel = "N",
            description = "With --loop: questions that the model answers itself, at least 25. Default: 1600. Those to"
                    + " learn from and those held out grow and shrink with it.")
    private @Nullable Integer questions;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Decides the pictures, the starting weights and the order of the pairs; at least 0.")
    private long seed;

    @Override
    public Integer call() {
        requireAtLeast("--steps", steps, 1);
        requireAtLeast("--questions", questions, LoopOptions.FEWEST);
        if (seed < 0) {
            throw new ParameterException(spec.commandLine(), "--seed: expected at least 0, got " + seed);
        }
        if (questions != null && !loop) {
            throw new ParameterException(spec.commandLine(), "--questions has no effect without --loop");
        }
        Mpo mpo = Mpo.of(spec.commandLine());
        Logging.setLevel(mpo.verbose(), !mpo.verbose()); // the demo tells in its own words what the log would say
        if (loop) {
            return closeLoop(mpo, output == null ? DemoFolder.unused(DEFAULT_LOOP_OUTPUT) : output);
        }
        DemoResult result = run(mpo, output == null ? DemoFolder.unused(DEFAULT_OUTPUT) : output);
        DemoSummary summary = DemoSummary.of(result, program());
        if (mpo.json()) {
            JsonOutput.print(spec.commandLine().getOut(), summary);
        } else {
            summary.print(spec.commandLine().getOut());
        }
        return ExitCodes.OK;
    }

    private void requireAtLeast(String option, @Nullable Integer value, int least) {
        if (value != null && value < least) {
            throw new ParameterException(
                    spec.commandLine(), option + ": expected at least " + least + ", got " + value);
        }
    }

    private DemoResult run(Mpo mpo, Path folder) {
        DemoOptions defaults = DemoOptions.defaults();
        DemoOptions options = new DemoOptions(
                steps == null ? defaults.steps() : steps, seed, defaults.trainPairs(), defaults.heldOutPairs());
        try (DemoConsole console = new DemoConsole(mpo, new DemoFolder(folder), LOG_STEPS)) {
            try {
                return Demo.run(folder, options, console);
            } catch (RuntimeException | Error e) {
                console.failure(e);
                throw e;
            }
        }
    }

    private int closeLoop(Mpo mpo, Path folder) {
        LoopOptions options = LoopOptions.defaults().withSeed(seed);
        options = questions == null ? options : options.withAsked(questions);
        options = steps == null ? options : options.withSteps(steps);
        try (LoopConsole console = new LoopConsole(mpo, new LoopFolder(folder), LOG_STEPS)) {
            LoopSummary summary = LoopSummary.of(runLoop(folder, options, console), program());
            if (mpo.json()) {
                JsonOutput.print(spec.commandLine().getOut(), summary);
            } else {
                summary.print(spec.commandLine().getOut());
            }
        }
        return ExitCodes.OK;
    }

    private static LoopResult runLoop(Path folder, LoopOptions options, LoopConsole console) {
        try {
            return LoopDemo.run(folder, options, console);
        } catch (RuntimeException | Error e) {
            console.failure(e);
            throw e;
        }
    }

    private static String program() {
        return System.getProperty("mpo.command", "mpo");
    }
}
