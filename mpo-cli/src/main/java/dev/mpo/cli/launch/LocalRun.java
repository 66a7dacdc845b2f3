package dev.mpo.cli.launch;

import dev.mpo.train.ranks.FailureReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run with several ranks on this machine, from their start to the last one's end.
 *
 * <p>A request to stop is handed to every rank once; they save and end by themselves. When a rank fails, the others get
 * a few seconds to notice and to tell what they saw, and are killed then.
 */
final class LocalRun {

    private static final Logger LOG = LoggerFactory.getLogger(LocalRun.class);
    private static final long POLL_MILLIS = 20;

    /** How long the other ranks may take to end by themselves after one has failed. */
    static final Duration GRACE = Duration.ofSeconds(10);

    private static final int INTERRUPTED = 130;

    private final List<RankProcess> processes;
    private final BooleanSupplier stop;
    private final Duration grace;
    private boolean stopSent;
    private @Nullable RankProcess firstFailed;
    private long failedAt;

    private LocalRun(List<RankProcess> processes, BooleanSupplier stop, Duration grace) {
        this.processes = processes;
        this.stop = stop;
        this.grace = grace;
    }

    /**
     * How the run ended.
     *
     * @param exitCode 0, or that of the rank that failed first
     * @param message why, naming the rank; empty for success
     */
    record Outcome(int exitCode, String message) {}

    /**
     * Runs all ranks to their ends.
     *
     * @param commands how they are started
     * @param output takes what they print
     * @param stop asked again and again whether they are to save and end
     * @param grace how long the others may take to end by themselves after one has failed
     * @throws dev.mpo.core.ConfigException if they cannot be started
     */
    static Outcome of(RankCommands commands, RankOutput output, BooleanSupplier stop, Duration grace) {
        Path reports = null;
        try {
            reports = Files.createTempDirectory("mpo-ranks");
            LocalRun run = new LocalRun(commands.start(reports, output), stop, grace);
            try {
                run.await();
            } finally {
                run.processes.forEach(RankProcess::kill);
            }
            return run.outcome(FailureReport.in(reports), output);
        } catch (IOException e) {
            throw new UncheckedIOException("the processes of the run cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the ranks were running", e);
        } finally {
            delete(reports);
        }
    }

    private void await() throws InterruptedException {
        while (processes.stream().anyMatch(RankProcess::isAlive)) {
            if (!stopSent && stop.getAsBoolean()) {
                stopSent = true;
                LOG.info("asked to stop: the ranks save their state and end");
                processes.stream().filter(RankProcess::isAlive).forEach(each -> each.signal("USR1"));
            }
            noteFailure();
            if (firstFailed != null && System.nanoTime() - failedAt > grace.toNanos()) {
                processes.stream().filter(RankProcess::isAlive).forEach(RankProcess::kill);
            }
            Thread.sleep(POLL_MILLIS);
        }
        noteFailure();
        for (RankProcess process : processes) {
            process.awaitOutput();
        }
    }

    private void noteFailure() {
        if (firstFailed == null) {
            firstFailed =
                    processes.stream().filter(LocalRun::failed).findFirst().orElse(null);
            failedAt = System.nanoTime();
        }
    }

    /** A rank that has saved and ended waits for no one, so the others may take their time to save as well. */
    private static boolean failed(RankProcess process) {
        return !process.isAlive() && process.exitCode() != 0 && process.exitCode() != INTERRUPTED;
    }

    private Outcome outcome(List<FailureReport> reports, RankOutput output) {
        if (processes.stream().allMatch(each -> each.exitCode() == 0)) {
            return new Outcome(0, "");
        }
        FailureReport nearest = reports.isEmpty() ? null : reports.get(0);
        if (nearest != null && nearest.exitCode() == INTERRUPTED) {
            return new Outcome(INTERRUPTED, nearest.message());
        }
        if (nearest != null && !nearest.consequence()) {
            return told(nearest);
        }
        int code = firstFailed == null ? INTERRUPTED : firstFailed.exitCode();
        if (stopSent && RankDeath.bySignal(code, "USR1")) {
            return new Outcome(INTERRUPTED, "stopped before the first step: there was nothing to save");
        }
        String death = firstFailed == null ? "" : RankDeath.describe(firstFailed, output.remarks());
        int publicCode = RankDeath.bySignal(code) ? 1 : code;
        if (!death.isEmpty()) {
            return new Outcome(publicCode, death);
        }
        if (nearest != null) {
            return told(nearest);
        }
        output.printRemarks();
        return new Outcome(publicCode, "the ranks ended with exit code " + code + "; what they printed is above");
    }

    private static Outcome told(FailureReport report) {
        return new Outcome(report.exitCode(), "rank " + report.rank() + ": " + report.message());
    }

    private static void delete(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.debug("{} cannot be removed: {}", folder, e.toString());
        }
    }
}
