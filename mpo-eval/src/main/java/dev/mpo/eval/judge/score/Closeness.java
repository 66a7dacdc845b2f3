package dev.mpo.eval.judge.score;

import java.util.Optional;
import java.util.OptionalDouble;

/** The relative difference of two numbers. */
final class Closeness {

    private Closeness() {}

    /**
     * Returns whether a number is within a share of the ground truth, or nothing where that has no meaning: one of the
     * two is no number, or the ground truth is zero. NaN is close to nothing.
     */
    static Optional<Boolean> within(double tolerance, OptionalDouble number, OptionalDouble groundTruth) {
        if (number.isEmpty() || groundTruth.isEmpty() || groundTruth.getAsDouble() == 0) {
            return Optional.empty();
        }
        double wanted = groundTruth.getAsDouble();
        return Optional.of(Math.abs(number.getAsDouble() - wanted) / Math.abs(wanted) <= tolerance);
    }
}
