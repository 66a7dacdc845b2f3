package dev.mpo.train.config;

/**
 * {@code log.*}: what is reported while training.
 *
 * @param steps optimizer steps between log lines
 * @param tensorboard whether TensorBoard events are written to {@code tensorboard/} in the run folder
 */
public record LogSettings(@Range(min = 1) int steps, boolean tensorboard) {}
