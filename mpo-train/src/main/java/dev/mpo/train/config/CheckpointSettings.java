package dev.mpo.train.config;

/**
 * {@code checkpoint.*}: saving and resuming.
 *
 * @param saveSteps optimizer steps between checkpoints; 0 = only when the run is asked to stop
 * @param keep how many of the newest checkpoints are kept
 * @param resume whether the run continues from the newest checkpoint of its output folder
 */
public record CheckpointSettings(
        @Range(min = 0) int saveSteps, @Range(min = 1) int keep, boolean resume) {}
