package dev.mpo.cli;

import org.jspecify.annotations.Nullable;

/** The progress bar of a command, with the log sharing its terminal; with {@code --quiet} it shows nothing. */
final class JobProgress implements AutoCloseable {

    private final @Nullable ProgressBar bar;

    private JobProgress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /** Starts showing the progress of a job, whose total the first update tells. */
    static JobProgress start(Mpo mpo, String label, String unit) {
        Terminal terminal = Terminal.standardError();
        if (terminal.interactive()) {
            Logging.useTerminal(terminal);
        }
        return new JobProgress(mpo.quiet() ? null : new ProgressBar(terminal, label, unit, System::nanoTime));
    }

    /** Shows that {@code done} of {@code total} units are finished. */
    void update(long done, long total) {
        update(done, total, "");
    }

    /** Shows that {@code done} of {@code total} units are finished, with a detail behind. */
    void update(long done, long total, String detail) {
        if (bar != null) {
            bar.update(done, total, detail);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
