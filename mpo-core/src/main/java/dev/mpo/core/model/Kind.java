package dev.mpo.core.model;

/** What a parameter is in its layer; weight-decay groupings and initialisation go by it. */
public enum Kind {
    /** The weight of a linear map, [out, in]. */
    MATRIX,
    /** An additive bias, also that of a layer norm. */
    BIAS,
    /** The weight of a layer norm. */
    LAYER_NORM,
    /** The weight of an RMS norm. */
    RMS_NORM,
    /** The factor per channel on a residual branch. */
    LAYER_SCALE,
    /** A learned table or vector: tokens, positions, the class token. */
    EMBEDDING,
    /** The weight of a convolution, [out, in, height, width]. */
    CONV
}
