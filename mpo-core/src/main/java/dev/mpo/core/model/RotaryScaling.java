package dev.mpo.core.model;

import dev.mpo.core.config.LanguageConfig;

/** Questions about rotary frequencies that layouts depend on. */
public final class RotaryScaling {

    private RotaryScaling() {}

    /** Returns whether sequences of two lengths have different frequencies, so that they cannot share a prefix. */
    public static boolean differs(LanguageConfig config, int firstLength, int secondLength) {
        return RotaryBase.of(config, firstLength) != RotaryBase.of(config, secondLength);
    }
}
