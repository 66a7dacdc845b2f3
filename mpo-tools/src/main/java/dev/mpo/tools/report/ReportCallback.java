package dev.mpo.tools.report;

import dev.mpo.train.callback.Callback;
import dev.mpo.train.metrics.StepMetrics;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the page {@code report.html} of a run when its records are complete, also of a run that failed after some
 * steps.
 */
public final class ReportCallback implements Callback {

    private static final Logger LOG = LoggerFactory.getLogger(ReportCallback.class);

    private boolean anyStep;

    @Override
    public void onStep(StepMetrics metrics) {
        anyStep = true;
    }

    /** A page that cannot be written is no reason to fail a run whose model is on disk, nor to hide why it failed. */
    @Override
    public void onRecorded(Path directory) {
        if (!anyStep) {
            return;
        }
        try {
            RunReport.write(directory);
        } catch (RuntimeException e) {
            LOG.warn("the report of {} cannot be written: {}", directory, e.getMessage());
        }
    }
}
