package dev.mpo.tools.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A linear scale with round tick values.
 *
 * @param low value at the start
 * @param high value at the end, above {@code low}
 * @param step distance between ticks: 1, 2 or 5 times a power of ten
 */
record Axis(double low, double high, double step) {

    /** Returns an axis over at least the given range, with its ends on ticks. */
    static Axis around(double low, double high, int wantedTicks) {
        double from = low;
        double to = high;
        if (!(to - from > 1e-12 * Math.max(1, Math.abs(to)))) {
            double room = from == 0 ? 1 : Math.abs(from) * 0.1;
            from -= room;
            to += room;
        }
        double step = roundStep((to - from) / wantedTicks);
        return new Axis(Math.floor(from / step + 1e-9) * step, Math.ceil(to / step - 1e-9) * step, step);
    }

    /** Returns an axis that ends exactly where the data do, with ticks on round values inside. */
    static Axis exact(double low, double high, int wantedTicks) {
        double to = high > low ? high : low + 1;
        return new Axis(low, to, Math.max(1, roundStep((to - low) / wantedTicks)));
    }

    /** Returns the tick values from low to high. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        long first = (long) Math.ceil(low / step - 1e-9);
        for (long i = first; i * step <= high + 1e-9 * step; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** Returns the place of a value between start and end, 0 to 1 inside the axis. */
    double fraction(double value) {
        return (value - low) / (high - low);
    }

    private static double roundStep(double raw) {
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double mantissa = raw / power;
        return power * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
    }
}
