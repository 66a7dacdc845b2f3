package dev.mpo.cli;

import org.jspecify.annotations.Nullable;

/** The progress bar of a command, with the log sharing its terminal; with {@code --quiet} it shows nothing. */
final class JobProgress implements AutoCloseable {

    private final @Nullable Terminal terminal;
    private final @Nullable ProgressBar bar;

    private JobProgress(@Nullable Terminal terminal, @Nullable ProgressBar bar) {
        this.terminal = terminal;
        this.bar = bar;
    }

    /** Starts showing the progress of a job, whose total the first update tells. */
    static JobProgress start(Mpo mpo, String label, String unit) {
        return start(mpo, label, unit, true);
    }

    /** As {@link #start}, for a job that tells its progress in lines of its own where a bar cannot be redrawn. */
    static JobProgress startWhereRedrawn(Mpo mpo, String label, String unit) {
        return start(mpo, label, unit, false);
    }

    /** The progress of a job that another process shows. */
    static JobProgress none() {
        return new JobProgress(null, null);
    }

    private static JobProgress start(Mpo mpo, String label, String unit, boolean anywhere) {
        Terminal terminal = Terminal.standardError();
        if (terminal.interactive()) {
            Logging.useTerminal(terminal);
        }
        if (mpo.quiet()) {
            return new JobProgress(null, null);
        }
        boolean shown = anywhere || terminal.interactive();
        return new JobProgress(terminal, shown ? new ProgressBar(terminal, label, unit, System::nanoTime) : null);
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

    /** Prints a line above the bar. */
    void print(String line) {
        if (terminal != null) {
            terminal.print(line + System.lineSeparator());
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
