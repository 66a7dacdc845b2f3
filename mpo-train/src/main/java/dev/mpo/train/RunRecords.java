package dev.mpo.train;

import dev.mpo.train.callback.Callback;
import dev.mpo.train.callback.RunPlan;
import dev.mpo.train.callback.TensorBoardCallback;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.metrics.MetricsFile;
import dev.mpo.train.metrics.StepMetrics;
import dev.mpo.train.report.RunReport;
import dev.mpo.train.setup.RunDirectory;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every run leaves about its course: {@code metrics.jsonl}, TensorBoard events, and on closing the page
 * {@code report.html}, also of a run that failed after some steps.
 */
final class RunRecords implements Callback, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunRecords.class);

    private final RunDirectory directory;
    private final MetricsFile metrics;
    private final Optional<TensorBoardCallback> events;
    private boolean anyStep;

    private RunRecords(RunDirectory directory, Optional<TensorBoardCallback> events) {
        this.directory = directory;
        this.metrics = new MetricsFile(directory.metrics());
        this.events = events;
    }

    static RunRecords open(RunDirectory directory, RunConfig settings) {
        return new RunRecords(
                directory,
                settings.log().tensorboard()
                        ? Optional.of(new TensorBoardCallback(directory.tensorboard()))
                        : Optional.empty());
    }

    @Override
    public void onStart(RunPlan plan) {
        events.ifPresent(each -> each.onStart(plan));
    }

    @Override
    public void onStep(StepMetrics step) {
        metrics.write(step);
        events.ifPresent(each -> each.onStep(step));
        anyStep = true;
    }

    @Override
    public void close() {
        metrics.close();
        events.ifPresent(TensorBoardCallback::close);
        if (anyStep) {
            writeReport();
        }
    }

    /** A page that cannot be written is no reason to fail a run whose model is on disk, nor to hide why it failed. */
    private void writeReport() {
        try {
            RunReport.write(directory.path());
        } catch (RuntimeException e) {
            LOG.warn("the report of {} cannot be written: {}", directory.path(), e.getMessage());
        }
    }
}
