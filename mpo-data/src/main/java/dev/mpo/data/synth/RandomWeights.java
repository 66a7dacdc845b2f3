package dev.mpo.data.synth;

import dev.mpo.core.model.ParameterSpec;
import java.util.Arrays;
import java.util.Random;

/**
 * The initial values of an untrained model: normal weights, norms at one, biases at zero, layer scales small. Each
 * parameter's values depend on the seed and its own name alone, not on the order in which parameters are drawn.
 */
final class RandomWeights {

    private final long seed;

    RandomWeights(long seed) {
        this.seed = seed;
    }

    /** Returns the values of a parameter, row-major. */
    float[] draw(String fullName, ParameterSpec parameter) {
        float[] values = new float[Math.toIntExact(parameter.numElements())];
        switch (parameter.kind()) {
            case LAYER_NORM, RMS_NORM -> Arrays.fill(values, 1f);
            case LAYER_SCALE -> Arrays.fill(values, (float) NanoCheckpoint.LAYER_SCALE);
            case BIAS -> Arrays.fill(values, 0f);
            case MATRIX, EMBEDDING, CONV -> fillNormal(values, new Random(mix(fullName)));
        }
        return values;
    }

    private static void fillNormal(float[] values, Random random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (NanoCheckpoint.WEIGHT_DEVIATION * random.nextGaussian());
        }
    }

    /** Spreads seed and name over 64 bits (the finalizer of SplitMix64). */
    private long mix(String name) {
        long z = seed + 0x9E3779B97F4A7C15L * name.hashCode();
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
