package dev.mpo.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.eval.pipeline.sample.SamplingListener;
import dev.mpo.eval.pipeline.sample.SamplingReport;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a person how a sampling job goes: a bar with the time left, and a sample now and then. */
final class SamplingConsole implements SamplingListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SamplingConsole.class);
    private static final long SHOW_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int MAX_SHOWN_FAILURES = 5;
    private static final int MAX_SHOWN_CHARACTERS = 300;

    private final JobProgress progress;
    private final StopRequest stop;
    private final String field;
    private long nextShown = System.nanoTime();
    private int failures;

    /** Starts; {@code field} is the field of a row that holds the sampled text. */
    SamplingConsole(Mpo mpo, String field) {
        this.progress = JobProgress.start(mpo, "sample", "sample");
        this.stop = mpo.stopRequest();
        this.field = field;
        stop.listen();
    }

    @Override
    public void onStart(SamplingReport before) {
        LOG.info(
                "{} of {} rows here; {} of {} samples exist",
                before.rows(),
                before.rowsInFile(),
                before.before(),
                before.wanted());
    }

    @Override
    public void onProgress(long done, long total) {
        progress.update(done, total);
    }

    @Override
    public void onSample(ObjectNode row) {
        if (System.nanoTime() < nextShown) {
            return;
        }
        nextShown = System.nanoTime() + SHOW_NANOS;
        progress.print("  question: " + shown(row.path("question").asText()));
        progress.print("  sample:   " + shown(row.path(field).asText()));
    }

    private static String shown(String text) {
        String line = text.strip().replaceAll("\\s*\\R\\s*", " | ");
        return line.length() <= MAX_SHOWN_CHARACTERS ? line : line.substring(0, MAX_SHOWN_CHARACTERS) + " ...";
    }

    @Override
    public void onFailure(String where, String reason) {
        failures++;
        if (failures <= MAX_SHOWN_FAILURES) {
            LOG.warn("{}: {}", where, reason);
        } else if (failures == MAX_SHOWN_FAILURES + 1) {
            LOG.warn("more failures are listed in the failures folder only");
        }
    }

    @Override
    public boolean stopRequested() {
        return stop.requested();
    }

    @Override
    public void close() {
        progress.close();
    }
}
