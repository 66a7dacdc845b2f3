package dev.mpo.core.model;

import dev.mpo.core.config.LanguageConfig;

/** The base of the rotary frequencies, with InternLM2's dynamic NTK scaling as a pure function of the length. */
final class RotaryBase {

    private RotaryBase() {}

    /**
     * Returns {@code theta}, or for a sequence longer than the trained maximum {@code theta (f L / max - (f - 1))^(d /
     * (d - 2))}. The reference implementation keeps the scaled frequencies for all later, shorter inputs; here each
     * length has its own.
     */
    static double of(LanguageConfig config, int length) {
        double factor = config.dynamicNtkFactor();
        if (factor <= 0 || length <= config.maxPositionEmbeddings()) {
            return config.ropeTheta();
        }
        double d = config.headDim();
        double stretch = factor * length / config.maxPositionEmbeddings() - (factor - 1);
        return config.ropeTheta() * Math.pow(stretch, d / (d - 2));
    }
}
