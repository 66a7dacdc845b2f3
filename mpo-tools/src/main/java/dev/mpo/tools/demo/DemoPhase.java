package dev.mpo.tools.demo;

/** The parts of a demonstration, in their order. */
public enum DemoPhase {
    /** Pictures are drawn, and questions with two answers are written about them. */
    DATA,
    /** An untrained model is written. */
    MODEL,
    /** The held-out pairs are scored with the untrained model. */
    SCORE_BEFORE,
    /** The model is trained. */
    TRAIN,
    /** The held-out pairs are scored with the trained model, the untrained one being the reference. */
    SCORE_AFTER
}
