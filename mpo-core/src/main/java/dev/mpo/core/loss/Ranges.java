package dev.mpo.core.loss;

/** Range checks that the terms share. */
final class Ranges {

    private Ranges() {}

    /** Returns beta if it is a finite number above 0. */
    static double requireBeta(double beta) {
        if (!(beta > 0) || Double.isInfinite(beta)) {
            throw new IllegalArgumentException("beta must be a finite number above 0, got " + beta);
        }
        return beta;
    }

    /** Returns the label smoothing if it lies in [0, 0.5): at 0.5 the labels would carry no information. */
    static double requireSmoothing(double labelSmoothing) {
        if (!(labelSmoothing >= 0 && labelSmoothing < 0.5)) {
            throw new IllegalArgumentException(
                    "label smoothing must be at least 0 and below 0.5, got " + labelSmoothing);
        }
        return labelSmoothing;
    }
}
