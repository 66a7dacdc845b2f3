package dev.mpo.core.model;

/** The three parts of a vision-language model, which can be frozen one by one. */
public enum Part {
    /** The vision tower. */
    VISION,
    /** The projector between tower and language model. */
    PROJECTOR,
    /** The language model with its token embedding and output head. */
    LANGUAGE
}
