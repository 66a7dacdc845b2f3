package dev.mpo.cli;

import dev.mpo.cli.doctor.Doctor;
import dev.mpo.core.ConfigException;
import dev.mpo.train.Trainer;
import dev.mpo.train.callback.TrainingSummary;
import dev.mpo.train.checkpoint.RunStart;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.report.RunReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

    private static final Logger LOG = LoggerFactory.getLogger(TrainCommand.class);

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
            defaultValue = "1",
            description = "Number of devices to train on; this version knows 1.")
    private int devices;

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
        RunConfig config = config();
        Mpo mpo = Mpo.of(spec.commandLine());
        RunStart.requireUsable(config, output); // before the log of this run is added to that of another
        print(Result.of(train(mpo, config)));
        return ExitCodes.OK;
    }

    private TrainingSummary train(Mpo mpo, RunConfig config) {
        try (JobProgress progress = JobProgress.start(mpo, "train", "step");
                Logging.Copy log = Logging.copyTo(output.resolve("train.log"))) {
            try {
                Doctor.idleAccelerator().forEach(finding -> LOG.warn("{}; {}", finding.message(), finding.fix()));
                mpo.stopRequest().listen();
                return Trainer.train(
                        config,
                        output,
                        new ReferenceBar(mpo),
                        new ConsoleCallback(
                                progress, mpo.stopRequest(), config.log().steps()));
            } catch (RuntimeException | Error e) {
                log.failure(e);
                throw e;
            }
        }
    }

    /** The settings of the run: those of the options, with the command's own flags last. */
    private RunConfig config() {
        if (devices != 1) {
            throw new ConfigException(
                    "--devices: expected 1, got " + devices + "; training on several devices is not built yet");
        }
        return settings.load(resume);
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
