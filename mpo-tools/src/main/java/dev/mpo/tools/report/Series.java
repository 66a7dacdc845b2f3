package dev.mpo.tools.report;

import java.util.Arrays;

/**
 * A named curve over the steps of a run.
 *
 * @param name what the legend calls it
 * @param values one value per step; NaN where there is none
 */
record Series(String name, double[] values) {

    private static final int MIN_STEPS_TO_SMOOTH = 30;

    /**
     * Returns the centred moving average of the curve over a twentieth of its length, or the curve when it is short.
     */
    Series smoothed() {
        if (!isLong()) {
            return this;
        }
        int reach = Math.max(2, values.length / 40);
        double[] smooth = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            smooth[i] = Double.isFinite(values[i]) ? mean(Math.max(0, i - reach), i + reach + 1) : Double.NaN;
        }
        return new Series(name, smooth);
    }

    /** Returns the mean of the finite values in [start, end), or NaN if there is none; the end may lie outside. */
    double mean(int start, int end) {
        return Arrays.stream(values, start, Math.min(end, values.length))
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
    }

    /** Returns whether the curve is long enough for its trend to differ from its points. */
    boolean isLong() {
        return values.length >= MIN_STEPS_TO_SMOOTH;
    }

    /** Returns the last finite value, or NaN. */
    double last() {
        for (int i = values.length - 1; i >= 0; i--) {
            if (Double.isFinite(values[i])) {
                return values[i];
            }
        }
        return Double.NaN;
    }
}
