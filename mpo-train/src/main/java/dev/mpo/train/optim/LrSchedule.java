package dev.mpo.train.optim;

/**
 * The learning rate of every optimizer step, as transformers computes it.
 *
 * @param kind the shape after warmup
 * @param baseLearningRate the peak
 * @param totalSteps optimizer steps of the whole run, at least 1
 * @param warmupSteps steps of linear warmup; the first of them uses a rate of 0
 */
public record LrSchedule(Kind kind, double baseLearningRate, int totalSteps, int warmupSteps) {

    /** The shape of a schedule. */
    public enum Kind {
        /** Warmup, then half a cosine wave down to 0. */
        COSINE,
        /** Warmup, then a straight line down to 0. */
        LINEAR,
        /** The same rate throughout; has no warmup, whatever the warmup ratio. */
        CONSTANT,
        /** Warmup, then the same rate throughout. */
        CONSTANT_WITH_WARMUP
    }

    /** Checks that there is at least one step. */
    public LrSchedule {
        if (totalSteps < 1 || warmupSteps < 0) {
            throw new IllegalArgumentException(
                    "a schedule needs steps; got " + totalSteps + " in all and " + warmupSteps + " of warmup");
        }
    }

    /**
     * Creates a schedule whose warmup takes a share of the run, rounded up to whole steps.
     *
     * @param warmupRatio warmup share of the total, from 0 to 1
     */
    public static LrSchedule of(Kind kind, double baseLearningRate, int totalSteps, double warmupRatio) {
        return new LrSchedule(kind, baseLearningRate, totalSteps, (int) Math.ceil(totalSteps * warmupRatio));
    }

    /**
     * Returns the learning rate of one optimizer step.
     *
     * @param step the step, counted from 0; after the last step the decaying shapes stay at 0
     */
    public double at(int step) {
        return baseLearningRate * factor(step);
    }

    private double factor(int step) {
        if (kind == Kind.CONSTANT) {
            return 1;
        }
        if (step < warmupSteps) {
            return (double) step / warmupSteps;
        }
        int decaySteps = Math.max(1, totalSteps - warmupSteps);
        return switch (kind) {
            case COSINE -> {
                double progress = Math.min(1, (double) (step - warmupSteps) / decaySteps);
                yield Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
            }
            case LINEAR -> Math.max(0, (double) (totalSteps - step) / decaySteps);
            case CONSTANT, CONSTANT_WITH_WARMUP -> 1;
        };
    }
}
