package dev.mpo.core.loss;

import java.util.Arrays;

/**
 * Mean and variance of a stream of numbers, updated chunk by chunk; its mean is the reward shift of
 * {@link BcoPairLoss}.
 *
 * <p>The update is the parallel-variance formula, with TRL 0.10.1's start: mean 0, variance 1, count 1e-24. The tiny
 * count makes the first mean equal the first chunk's mean. As there, a step of the mean is rounded to float32 while the
 * mean itself is a double, so that long runs agree too. Not thread-safe.
 */
public final class RunningMoments {

    /**
     * Everything that an update depends on; what a checkpoint stores.
     *
     * @param mean mean of all numbers so far
     * @param var biased variance of all numbers so far
     * @param std square root of the unbiased variance; infinite after exactly one number, as in the reference
     * @param count how many numbers there were, plus 1e-24
     */
    public record State(double mean, double var, double std, double count) {

        /** The state before the first update. */
        public static final State INITIAL = new State(0, 1, 1, 1e-24);
    }

    private State state;

    /** Moments of no numbers yet. */
    public RunningMoments() {
        this(State.INITIAL);
    }

    /** Moments that continue from a stored state. */
    public RunningMoments(State state) {
        this.state = state;
    }

    /** The current state. */
    public State state() {
        return state;
    }

    /** Continues from a stored state, forgetting the present one. */
    public void restore(State stored) {
        this.state = stored;
    }

    /** The mean of all numbers so far; 0 before the first. */
    public double mean() {
        return state.mean();
    }

    /**
     * Takes in one chunk of numbers; in a run over several ranks, the numbers of all ranks together.
     *
     * @throws IllegalArgumentException if the chunk is empty
     */
    public void update(double... chunk) {
        if (chunk.length == 0) {
            throw new IllegalArgumentException("running moments need at least one number per update");
        }
        double chunkMean = Arrays.stream(chunk).sum() / chunk.length;
        double chunkSquares =
                Arrays.stream(chunk).map(x -> (x - chunkMean) * (x - chunkMean)).sum();
        float delta = (float) chunkMean - (float) state.mean();
        double count = state.count() + chunk.length;
        double squares = state.var() * state.count()
                + (double) delta * delta * state.count() * chunk.length / count
                + chunkSquares;
        state = new State(
                state.mean() + delta * chunk.length / count, squares / count, Math.sqrt(squares / (count - 1)), count);
    }
}
