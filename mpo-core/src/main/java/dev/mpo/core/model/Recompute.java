package dev.mpo.core.model;

/** What a forward pass keeps for the backward pass. */
public enum Recompute {
    /** The whole autograd graph of every stage. */
    NONE,
    /** Each stage's input alone; the backward pass computes the stage again. */
    FULL
}
