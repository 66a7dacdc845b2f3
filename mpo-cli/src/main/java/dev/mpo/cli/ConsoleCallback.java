package dev.mpo.cli;

import dev.mpo.train.callback.Callback;
import dev.mpo.train.callback.RunPlan;
import dev.mpo.train.metrics.StepMetrics;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows a training run: the progress bar, a log line per interval, and the answer to a request to stop. */
final class ConsoleCallback implements Callback {

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleCallback.class);

    private final JobProgress progress;
    private final StopRequest stopRequest;
    private final int logSteps;
    private long totalSteps;
    private long stepsDone;
    private String detail = "";

    ConsoleCallback(JobProgress progress, StopRequest stopRequest, int logSteps) {
        this.progress = progress;
        this.stopRequest = stopRequest;
        this.logSteps = logSteps;
    }

    @Override
    public void onStart(RunPlan plan) {
        totalSteps = plan.totalSteps();
        LOG.info(
                "{} steps of {} pairs, {} pairs per epoch; {} parameters, {} of them trained",
                plan.totalSteps(),
                plan.pairsPerStep(),
                plan.pairsPerEpoch(),
                plan.numParameters(),
                plan.numTrained());
        progress.update(0, totalSteps);
    }

    @Override
    public void onMicroBatch(int done, int total) {
        if (total > 1) {
            progress.update(stepsDone, totalSteps, "micro-batch " + done + "/" + total + "  " + detail);
        }
    }

    @Override
    public void onStep(StepMetrics metrics) {
        stepsDone = metrics.step();
        detail = String.format(
                Locale.ROOT,
                "loss %.4f  margin %.4f  accuracy %.2f",
                metrics.loss(),
                metrics.rewardsMargins(),
                metrics.rewardsAccuracies());
        if (stepsDone % logSteps == 0 || stepsDone == totalSteps) {
            LOG.info("{}", logLine(metrics));
        }
        progress.update(stepsDone, totalSteps, detail);
    }

    @Override
    public boolean stopRequested() {
        return stopRequest.requested();
    }

    private String logLine(StepMetrics metrics) {
        return String.format(
                Locale.ROOT,
                "step %d/%d  %s  nll %.4f  grad_norm %.3f  lr %.3e  %.2f s",
                metrics.step(),
                totalSteps,
                detail,
                metrics.nllLoss(),
                metrics.gradNorm(),
                metrics.learningRate(),
                metrics.stepSeconds());
    }
}
