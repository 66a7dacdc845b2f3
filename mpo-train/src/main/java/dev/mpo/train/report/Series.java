package dev.mpo.train.report;

/**
 * A named curve over the steps of a run.
 *
 * @param name what the legend calls it
 * @param values one value per step; NaN where there is none
 */
record Series(String name, double[] values) {

    private static final int MIN_STEPS_TO_SMOOTH = 30;

    /** Returns the exponential moving average of the curve, or the curve itself when it is short. */
    Series smoothed() {
        if (!isLong()) {
            return this;
        }
        double keep = 1 - 1 / Math.max(5.0, values.length / 25.0);
        double[] smooth = new double[values.length];
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i])) {
                sum = keep * sum + (1 - keep) * values[i];
                weight = keep * weight + (1 - keep);
            }
            smooth[i] = Double.isFinite(values[i]) ? sum / weight : Double.NaN;
        }
        return new Series(name, smooth);
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
