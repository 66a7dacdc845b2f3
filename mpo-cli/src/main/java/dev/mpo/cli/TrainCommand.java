package dev.mpo.cli;

import dev.mpo.cli.doctor.Doctor;
import dev.mpo.cli.launch.LocalLauncher;
import dev.mpo.core.RankFailedException;
import dev.mpo.tools.report.ReportCallback;
import dev.mpo.tools.report.RunReport;
import dev.mpo.train.Trainer;
import dev.mpo.train.callback.TrainingSummary;
import dev.mpo.train.checkpoint.RunStart;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.ranks.FailureReport;
import dev.mpo.train.ranks.Ranks;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo train}: trains a model on preference pairs. */
@Command(
        name = "train",
        description = "Trains a model on preference pairs by Mixed Preference Optimization. The trained model goes to"
                + " DIR/final, in the layout of the checkpoint that went in.")
final class TrainCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private SettingsOptions settings;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            required = true,
            description =
                    "Run folder, new or empty unless a run is continued: settings, metrics.jsonl, train.log, tensorboard/,"
                            + " report.html, final/.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path output;

    @Option(
            names = "--devices",
            paramLabel = "N",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description =
                    "Number of devices of this machine to train on: starts one process for each. Leave it out under"
                            + " torchrun, srun or mpirun, which start the processes themselves. Default: 1.")
    private @Nullable Integer devices;

    @Option(
            names = "--resume",
            description =
                    "Continue from the newest sound checkpoint in the run folder, or start if there is none yet. Short for"
                            + " --set checkpoint.resume=true.")
    private boolean resume;

    /**
     * What the command did; the losses, margins and accuracies are those of the first and of the last step.
     *
     * @param steps optimizer steps
     * @param pairs pairs trained on
     * @param seconds wall time of the steps
     * @param badSamples rows that could not be used
     * @param export folder of the trained model
     */
    private record Result(
            long steps,
            long pairs,
            double seconds,
            long badSamples,
            double firstLoss,
            double lastLoss,
            double firstMargin,
            double lastMargin,
            double firstAccuracy,
            double lastAccuracy,
            String export) {

        static Result of(TrainingSummary summary) {
            return new Result(
                    summary.steps(),
                    summary.pairs(),
                    summary.seconds(),
                    summary.badSamples(),
                    summary.first().loss(),
                    summary.last().loss(),
                    summary.first().rewardsMargins(),
                    summary.last().rewardsMargins(),
                    summary.first().rewardsAccuracies(),
                    summary.last().rewardsAccuracies(),
                    summary.export().toString());
        }
    }

    @Override
    public Integer call() {
        RunConfig config = settings.load(resume, output);
        Mpo mpo = Mpo.of(spec.commandLine());
        Optional<Integer> toStart = LocalLauncher.ranksToStart(devices, System.getenv());
        Ranks ranks = Ranks.discover(System.getenv());
        if (ranks.isFirst()) {
            RunStart.requireUsable(config, output); // before the log of this run is added to that of another
        }
        Doctor.requireUsedAccelerators();
        if (toStart.isPresent()) {
            start(mpo, toStart.orElseThrow());
            return ExitCodes.OK;
        }
        LocalLauncher.followLauncher(System.getenv());
        Result result = Result.of(train(mpo, config, ranks));
        if (ranks.isFirst()) {
            print(result);
        }
        return ExitCodes.OK;
    }

    private void start(Mpo mpo, int numRanks) {
        mpo.stopRequest().listen();
        CommandLine root = spec.root().commandLine();
        LocalLauncher.run(
                numRanks,
                Main.class,
                root.getParseResult().originalArgs(),
                spec.commandLine().getOut(),
                spec.commandLine().getErr(),
                mpo.stopRequest()::requested);
    }

    /** Trains as one rank of the run; the first one alone shows and logs it. */
    private TrainingSummary train(Mpo mpo, RunConfig config, Ranks ranks) {
        if (!ranks.isFirst()) {
            Logging.setLevel(mpo.verbose(), !mpo.verbose());
        }
        try (JobProgress progress = ranks.isFirst() ? JobProgress.start(mpo, "train", "step") : JobProgress.none();
                Logging.@Nullable Copy log = ranks.isFirst() ? Logging.copyTo(output.resolve("train.log")) : null) {
            try {
                mpo.stopRequest().listen();
                return Trainer.train(
                        config,
                        output,
                        new ReportCallback(),
                        new ReferenceBar(mpo),
                        new ConsoleCallback(
                                progress, mpo.stopRequest(), config.log().steps()));
            } catch (RuntimeException | Error e) {
                FailureReport.now(ranks.rank(), ExitCodes.of(e), ErrorMapper.line(e), e instanceof RankFailedException)
                        .leave(System.getenv());
                if (log != null) {
                    log.failure(e);
                }
                throw e;
            }
        }
    }

    private void print(Result result) {
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(console, result);
            return;
        }
        console.printf(
                "%d steps, %d pairs in %.1f s: loss %.4f -> %.4f, margin %.4f -> %.4f, accuracy %.2f -> %.2f%n",
                result.steps(),
                result.pairs(),
                result.seconds(),
                result.firstLoss(),
                result.lastLoss(),
                result.firstMargin(),
                result.lastMargin(),
                result.firstAccuracy(),
                result.lastAccuracy());
        console.println("trained model: " + result.export());
        console.println("report: " + output.resolve(RunReport.FILE));
        console.flush();
    }
}
