package dev.mpo.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.data.synth.QuestionSets;
import dev.mpo.eval.exam.AnswerStyle;
import dev.mpo.eval.exam.ExamResult;
import dev.mpo.eval.pipeline.pairs.PairReport;
import dev.mpo.tools.demo.loop.LoopFolder;
import dev.mpo.tools.demo.loop.LoopListener;
import dev.mpo.tools.demo.loop.LoopPhase;
import dev.mpo.train.callback.RunPlan;
import dev.mpo.train.callback.TrainingSummary;
import dev.mpo.train.metrics.StepMetrics;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells a person what the closed loop is doing: a few lines per phase, and bars meanwhile. */
final class LoopConsole implements LoopListener, AutoCloseable {

    /** Rows of the table of a training, whatever the number of steps. */
    private static final int NUM_ROWS = 5;

    private static final int SHOWN_SAMPLES = 3;

    private final Mpo mpo;
    private final LoopFolder folder;
    private final int logSteps;
    private final StopRequest stop;
    private JobProgress progress;
    private @Nullable ConsoleCallback training;
    private Logging.@Nullable Copy log;
    private int numPhases;
    private int numShown;
    private boolean preference;
    private long totalSteps;
    private int rowSteps;
    private double lossSum;
    private double accuracySum;

    LoopConsole(Mpo mpo, LoopFolder folder, int logSteps) {
        this.mpo = mpo;
        this.folder = folder;
        this.logSteps = logSteps;
        this.stop = mpo.stopRequest();
        this.progress = JobProgress.startWhereRedrawn(mpo, "", "");
        stop.listen();
    }

    @Override
    public void onPhase(LoopPhase phase) {
        endPhase();
        progress = JobProgress.startWhereRedrawn(mpo, label(phase), unit(phase));
        say("[%d/%d] %s", ++numPhases, LoopPhase.values().length, title(phase));
        preference = phase == LoopPhase.MPO;
        if (phase == LoopPhase.SFT || preference) {
            Path run = preference ? folder.mpoRun() : folder.sftRun();
            log = Logging.copyTo(run.resolve("train.log"));
            training = new ConsoleCallback(progress, stop, logSteps);
        }
    }

    private static String title(LoopPhase phase) {
        return switch (phase) {
            case DATA -> "Drawing pictures, and asking questions about them";
            case MODEL -> "Making a nano InternVL with random weights";
            case SFT -> "Supervised training on the shown answers (loss sft alone)";
            case EXAM_BEFORE -> "Examination on held-out questions";
            case SAMPLE -> "Sampling answers to the questions that came without reasoning";
            case PAIRS -> "Judging the samples and pairing right with wrong ones";
            case MPO -> "Mixed Preference Optimization on these pairs";
            case EXAM_AFTER -> "The same examination again";
        };
    }

    private static String label(LoopPhase phase) {
        return switch (phase) {
            case SFT, MPO -> "train";
            case SAMPLE -> "sample";
            default -> "exam";
        };
    }

    private static String unit(LoopPhase phase) {
        return switch (phase) {
            case SFT, MPO -> "step";
            case SAMPLE -> "sample";
            default -> "answer";
        };
    }

    @Override
    public void onData(QuestionSets data) {
        say(
                "      %d questions with reasoning to learn from, %d with answers alone, %d held out",
                data.taught().size(), data.asked().size(), data.heldOut().size());
    }

    @Override
    public void onModel(long numParameters) {
        say("      %,d parameters, as files in the layout of InternVL2.5", numParameters);
    }

    @Override
    public void onSampling(long done, long total) {
        progress.update(done, total);
    }

    @Override
    public void onSample(ObjectNode row) {
        if (numShown < SHOWN_SAMPLES) {
            numShown++;
            say(
                    "        %s  ->  %s",
                    row.path("question_orig").asText(),
                    row.path("response").asText().strip().replaceAll("\\s*\\R\\s*", " | "));
        }
    }

    @Override
    public void onPairs(List<PairReport> reports) {
        long responses = reports.stream().mapToLong(PairReport::responses).sum();
        long right = reports.stream().mapToLong(PairReport::right).sum();
        long unreadable = reports.stream().mapToLong(PairReport::unreadable).sum();
        say(
                "      of %,d samples %.1f %% are right and %.1f %% unreadable",
                responses, 100.0 * right / responses, 100.0 * unreadable / responses);
        say(
                "      %,d pairs right/wrong, %,d right/unreadable",
                reports.stream().mapToLong(r -> r.correctness().written()).sum(),
                reports.stream().mapToLong(r -> r.format().written()).sum());
    }

    @Override
    public void onExam(long done, long total) {
        progress.update(done, total);
    }

    @Override
    public void onExamined(LoopPhase phase, ExamResult result) {
        for (AnswerStyle style : AnswerStyle.values()) {
            say(
                    "      %-18s %5.1f %% of %d right",
                    style.title(),
                    100 * result.accuracy(style),
                    result.of(style).size());
        }
    }

    @Override
    public void onStart(RunPlan plan) {
        totalSteps = plan.totalSteps();
        rowSteps = 0;
        lossSum = 0;
        accuracySum = 0;
        say("      %d steps of %d rows, of which there are %,d", totalSteps, plan.pairsPerStep(), plan.pairsPerEpoch());
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
        accuracySum += metrics.rewardsAccuracies();
        if (rowSteps >= (double) totalSteps / NUM_ROWS || metrics.step() == totalSteps) {
            String steps = (metrics.step() - rowSteps + 1) + "-" + metrics.step();
            if (preference) {
                say(
                        "        steps %-10s loss %.3f, the right sample is preferred in %.1f %%",
                        steps, lossSum / rowSteps, 100 * accuracySum / rowSteps);
            } else {
                say("        steps %-10s loss %.3f", steps, lossSum / rowSteps);
            }
            rowSteps = 0;
            lossSum = 0;
            accuracySum = 0;
        }
    }

    @Override
    public boolean stopRequested() {
        return stop.requested();
    }

    @Override
    public void onEnd(TrainingSummary summary) {
        say("      done in %.0f s", summary.seconds());
    }

    /** Writes how the loop failed to the log of the training, if one is under way. */
    void failure(Throwable failure) {
        if (log != null) {
            log.failure(failure);
        }
    }

    private void say(String format, Object... arguments) {
        progress.print(String.format(Locale.ROOT, format, arguments));
    }

    private void endPhase() {
        progress.close();
        training = null;
        if (log != null) {
            log.close();
            log = null;
        }
    }

    /** Ends the phase. */
    @Override
    public void close() {
        endPhase();
    }
}
