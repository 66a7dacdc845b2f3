package dev.mpo.train.config;

import dev.mpo.core.loss.MixedPreferenceLoss;
import java.util.List;

/**
 * {@code loss.*}: the training objective.
 *
 * @param type names of the terms, see {@link dev.mpo.core.loss.LossTerm#NAMES}
 * @param weights weight of each term
 * @param beta strength of the tie to the reference
 * @param labelSmoothing share of labels assumed to be wrong
 */
public record LossSettings(
        List<String> type,
        List<Double> weights,
        @Range(above = 0) double beta,
        @Range(min = 0, below = 0.5) double labelSmoothing) {

    /** Copies the lists. */
    public LossSettings {
        type = List.copyOf(type);
        weights = List.copyOf(weights);
    }

    /** Creates the loss that these settings describe, with a fresh reward shift. */
    public MixedPreferenceLoss createLoss() {
        return MixedPreferenceLoss.of(type, weights, beta, labelSmoothing);
    }
}
