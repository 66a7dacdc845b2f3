package dev.mpo.core.weights;

/**
 * How many layers a model has.
 *
 * @param vision layers of the vision tower
 * @param decoder layers of the decoder
 */
public record LayerCounts(int vision, int decoder) {}
