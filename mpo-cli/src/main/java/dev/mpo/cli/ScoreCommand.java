package dev.mpo.cli;

import dev.mpo.cli.doctor.Doctor;
import dev.mpo.train.config.ConfigLoader;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.score.PairScorer;
import dev.mpo.train.score.ScoreSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo score}: log-probabilities, rewards and margins of every pair. */
@Command(
        name = "score",
        description = {
            "Writes what a model thinks of every pair of a meta file, one JSON object per line in file order, each row"
                    + " once: dataset, line (from 0), policy_chosen_logps and policy_rejected_logps (summed over the"
                    + " answer, in nats), reference_chosen_logps, reference_rejected_logps, chosen_reward,"
                    + " rejected_reward, margin, win.",
            "A reward is loss.beta x (policy - reference), the margin is chosen - rejected, and a pair is won if its"
                    + " margin is above 0. Without --reference there are no rewards: those fields are null, and a pair"
                    + " is won if the chosen answer is the more likely one.",
            "Rows that cannot be used are reported and left out; exit code 3 if they are more than"
                    + " data.max_bad_fraction of all. train.per_device_batch_size is the number of pairs computed at"
                    + " once, engine.mode the way. Images are never augmented."
        })
final class ScoreCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private SettingsOptions settings;

    @Option(
            names = "--reference",
            paramLabel = "DIR",
            description =
                    "Checkpoint folder of the reference, such as the model that training began from. Short for"
                            + " --set reference.path=DIR. With --set reference.mode=adapter it is --model without its adapters.")
    private @Nullable String reference;

    @Option(
            names = "--out",
            paramLabel = "FILE.jsonl",
            required = true,
            description = "File to write; replaced if it exists.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path out;

    @Override
    public Integer call() {
        RunConfig config = config();
        Doctor.requireUsedAccelerators();
        ScoreSummary summary;
        try (JobProgress progress = JobProgress.start(Mpo.of(spec.commandLine()), "score", "row")) {
            summary = PairScorer.scoreAll(config, out, progress::update);
        }
        print(summary);
        return ExitCodes.OK;
    }

    private RunConfig config() {
        RunConfig config = settings.load();
        if (reference == null) {
            return config;
        }
        return new ConfigLoader()
                .base(config)
                .set("reference.mode=copy")
                .setText("reference.path", reference, "--reference")
                .load();
    }

    private void print(ScoreSummary summary) {
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(console, summary);
            return;
        }
        Double margin = summary.meanMargin();
        console.printf(
                "%d pairs in %.1f s: accuracy %.4f, %s; log-probabilities %.4f chosen, %.4f rejected; %d cut, %d left out,"
                        + " %d bad%n",
                summary.pairs(),
                summary.seconds(),
                summary.accuracy(),
                margin == null ? "no reference, so no margins" : "mean margin %.6f".formatted(margin),
                summary.meanChosenLogps(),
                summary.meanRejectedLogps(),
                summary.truncated(),
                summary.dropped(),
                summary.bad());
        console.println("scores: " + out);
        console.flush();
    }
}
