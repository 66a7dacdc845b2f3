package dev.mpo.train.metrics;

/**
 * When a step happened and how long it took.
 *
 * @param step optimizer step, from 1
 * @param epoch epochs done after it
 * @param stepSeconds wall time
 * @param dataSeconds part of it spent waiting for data
 */
public record StepTiming(long step, double epoch, double stepSeconds, double dataSeconds) {}
