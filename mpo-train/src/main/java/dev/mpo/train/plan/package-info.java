/**
 * What a run will need before it is started: arithmetic, memory and time per pair, and the settings that fit a device.
 *
 * <p>Start at {@link dev.mpo.train.plan.Plan}. {@link dev.mpo.train.plan.FlopModel} and
 * {@link dev.mpo.train.plan.MemoryModel} count from the architecture alone; the few measured numbers are in
 * {@link dev.mpo.train.plan.Calibration}.
 */
@NullMarked
package dev.mpo.train.plan;

import org.jspecify.annotations.NullMarked;
