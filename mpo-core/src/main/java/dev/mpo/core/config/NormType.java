package dev.mpo.core.config;

/** The normalisation inside the vision layers. */
public enum NormType {
    /** Mean and variance, with weight and bias: the 300M vision tower. */
    LAYER_NORM,
    /** Root mean square, with weight only: the 6B vision tower. */
    RMS_NORM
}
