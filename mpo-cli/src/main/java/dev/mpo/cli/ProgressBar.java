package dev.mpo.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far a long job has come, how fast it goes and how long it will still take.
 *
 * <p>On an interactive terminal it is one line that is redrawn in place; otherwise a plain line every few seconds, so
 * that a log file or a CI console stays readable. The rate is the mean over the whole job after its first unit, because
 * the first one also pays for loading and warming up.
 */
final class ProgressBar implements AutoCloseable {

    private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LINE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int MIN_CELLS = 8;
    private static final int MAX_CELLS = 24;
    /** What the text beside a bar needs when a training run tells its loss, margin and accuracy. */
    private static final int TEXT_COLUMNS = 90;

    private static final double NANOS_PER_SECOND = 1e9;

    private final Terminal terminal;
    private final String label;
    private final String unit;
    private final LongSupplier nanoClock;
    private final long startNanos;
    private long firstNanos;
    private long firstDone;
    private long lastShownNanos;
    private long total;

    /** A bar on a terminal, whose time starts now; the clock counts nanoseconds, as {@code System.nanoTime} does. */
    ProgressBar(Terminal terminal, String label, String unit, LongSupplier nanoClock) {
        this.terminal = terminal;
        this.label = label;
        this.unit = unit;
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
        this.lastShownNanos = startNanos;
    }

    /** Reports that {@code done} of {@code total} units are finished; the detail is shown behind the bar. */
    void update(long done, long newTotal, String detail) {
        total = newTotal;
        long now = nanoClock.getAsLong();
        if (firstNanos == 0 && done > 0) {
            firstNanos = now;
            firstDone = done;
        }
        boolean last = done >= total;
        long interval = terminal.interactive() ? REDRAW_NANOS : LINE_NANOS;
        if (!last && now - lastShownNanos < interval) {
            return;
        }
        lastShownNanos = now;
        String line = line(done, detail, now);
        if (terminal.interactive()) {
            terminal.setStatus(line);
        } else {
            terminal.print(line + System.lineSeparator());
        }
    }

    /** Removes the bar from an interactive terminal. */
    @Override
    public void close() {
        terminal.setStatus("");
    }

    private String line(long done, String detail, long now) {
        double rate = unitsPerSecond(done, now);
        String timing = String.format(Locale.ROOT, "%s %s", rateText(rate), etaText(done, rate));
        String bar = terminal.interactive() ? " " + bar(done) : "";
        String tail = detail.isEmpty() ? "" : "  " + detail;
        return label + bar + " " + done + "/" + total + " " + unit + "  " + timing + tail;
    }

    private double unitsPerSecond(long done, long now) {
        if (done > firstDone && now > firstNanos) {
            return (done - firstDone) * NANOS_PER_SECOND / (now - firstNanos);
        }
        return now > startNanos ? done * NANOS_PER_SECOND / (now - startNanos) : 0;
    }

    private String rateText(double rate) {
        if (rate <= 0) {
            return "-";
        }
        return rate >= 1
                ? String.format(Locale.ROOT, "%.1f %s/s", rate, unit)
                : String.format(Locale.ROOT, "%.1f s/%s", 1 / rate, unit);
    }

    private String etaText(long done, double rate) {
        if (done >= total) {
            return "done in " + clockText(Duration.ofNanos(nanoClock.getAsLong() - startNanos));
        }
        return rate <= 0 ? "ETA -" : "ETA " + clockText(Duration.ofMillis((long) ((total - done) * 1000 / rate)));
    }

    private String bar(long done) {
        int cells = Math.max(MIN_CELLS, Math.min(MAX_CELLS, terminal.columns() - TEXT_COLUMNS));
        int filled = total == 0 ? cells : (int) Math.min(cells, done * cells / total);
        return "[" + "#".repeat(filled) + "-".repeat(cells - filled) + "]";
    }

    private static String clockText(Duration time) {
        return time.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%02d:%02d", time.toMinutesPart(), time.toSecondsPart());
    }
}
