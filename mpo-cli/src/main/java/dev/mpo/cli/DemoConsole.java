package dev.mpo.cli;

import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.synth.SyntheticDataset;
import dev.mpo.tools.demo.DemoFolder;
import dev.mpo.tools.demo.DemoListener;
import dev.mpo.tools.demo.DemoPhase;
import dev.mpo.train.callback.RunPlan;
import dev.mpo.train.callback.TrainingSummary;
import dev.mpo.train.metrics.StepMetrics;
import dev.mpo.train.score.ScoreSummary;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells a person what the demonstration is doing: a line or two per phase, a table of the training, bars meanwhile. */
final class DemoConsole implements DemoListener, AutoCloseable {

    /** Rows of the table, whatever the number of steps. */
    private static final int NUM_ROWS = 10;

    private final Mpo mpo;
    private final DemoFolder folder;
    private final int logSteps;
    private JobProgress progress;
    private @Nullable ConsoleCallback training;
    private Logging.@Nullable Copy log;
    private int numPhases;
    private long totalSteps;
    private int rowSteps;
    private double lossSum;
    private double marginSum;
    private double accuracySum;

    DemoConsole(Mpo mpo, DemoFolder folder, int logSteps) {
        this.mpo = mpo;
        this.folder = folder;
        this.logSteps = logSteps;
        this.progress = JobProgress.startWhereRedrawn(mpo, "", "");
    }

    @Override
    public void onPhase(DemoPhase phase) {
        close();
        boolean train = phase == DemoPhase.TRAIN;
        progress = JobProgress.startWhereRedrawn(mpo, train ? "train" : "score", train ? "step" : "pair");
        say("[%d/%d] %s", ++numPhases, DemoPhase.values().length, title(phase));
        if (train) {
            log = Logging.copyTo(folder.run().resolve("train.log"));
            training = new ConsoleCallback(progress, mpo.stopRequest(), logSteps);
        }
    }

    private static String title(DemoPhase phase) {
        return switch (phase) {
            case DATA -> "Drawing pictures, and asking questions about them";
            case MODEL -> "Making a nano InternVL with random weights";
            case SCORE_BEFORE -> "Asking the untrained model which answer to a held-out pair is more likely";
            case TRAIN -> "Training by Mixed Preference Optimization";
            case SCORE_AFTER -> "Asking the trained model about the same pairs";
        };
    }

    @Override
    public void onData(SyntheticDataset data, PreferenceRow example) {
        say("      %d pairs to train on, %d held out, such as", data.trainPairs(), data.heldOutPairs());
        say("        question  %s", example.question().replace("<image>", "").strip());
        say("        chosen    %s", example.chosen());
        say("        rejected  %s", example.rejected());
    }

    @Override
    public void onModel(long numParameters) {
        say(
                "      %,d parameters: vision tower, projector, language model and tokenizer, as files in the layout of"
                        + " InternVL2.5",
                numParameters);
    }

    @Override
    public void onScoring(long done, long total) {
        progress.update(done, total);
    }

    @Override
    public void onScored(DemoPhase phase, ScoreSummary scores) {
        Double margin = scores.meanMargin();
        if (margin == null) {
            say("      the chosen one in %.1f %% of %d pairs", 100 * scores.accuracy(), scores.pairs());
        } else {
            say("      reward margin %.3f on average, above 0 in %.1f %%", margin, 100 * scores.accuracy());
        }
    }

    @Override
    public void onStart(RunPlan plan) {
        totalSteps = plan.totalSteps();
        say(
                "      %d steps of %d pairs; the reference is a frozen copy of the untrained model",
                totalSteps, plan.pairsPerStep());
        say("        %12s %9s %9s %9s", "steps", "loss", "margin", "accuracy");
        if (training != null) {
            training.onStart(plan);
        }
    }

    @Override
    public void onMicroBatch(int done, int total) {
        if (training != null) {
            training.onMicroBatch(done, total);
        }
    }

    @Override
    public void onStep(StepMetrics metrics) {
        if (training != null) {
            training.onStep(metrics);
        }
        rowSteps++;
        lossSum += metrics.loss();
        marginSum += metrics.rewardsMargins();
        accuracySum += metrics.rewardsAccuracies();
        if (rowSteps >= (double) totalSteps / NUM_ROWS || metrics.step() == totalSteps) {
            printRow(metrics.step());
        }
    }

    /** One row: means over the steps since the last one, because a step's eight pairs alone say little. */
    private void printRow(long step) {
        String steps = (step - rowSteps + 1) + "-" + step;
        say(
                "        %12s %9.3f %9.3f %7.1f %%",
                steps, lossSum / rowSteps, marginSum / rowSteps, 100 * accuracySum / rowSteps);
        rowSteps = 0;
        lossSum = 0;
        marginSum = 0;
        accuracySum = 0;
    }

    @Override
    public void onEnd(TrainingSummary summary) {
        say("      done in %.0f s", summary.seconds());
    }

    /** Writes how the demonstration failed to the log of the training, if it is under way. */
    void failure(Throwable failure) {
        if (log != null) {
            log.failure(failure);
        }
    }

    private void say(String format, Object... arguments) {
        progress.print(String.format(Locale.ROOT, format, arguments));
    }

    /** Ends the phase. */
    @Override
    public void close() {
        progress.close();
        training = null;
        if (log != null) {
            log.close();
            log = null;
        }
    }
}
