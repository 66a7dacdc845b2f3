/**
 * What a run will need before it is started: arithmetic, memory and time per pair, and the settings that fit a device.
 *
 * <p>Start at {@link dev.mpo.tools.plan.Plan}. {@link dev.mpo.tools.plan.FlopModel} and
 * {@link dev.mpo.tools.plan.MemoryModel} count from the architecture alone; the few measured numbers are in
 * {@link dev.mpo.tools.plan.Calibration}.
 */
@NullMarked
package dev.mpo.tools.plan;

import org.jspecify.annotations.NullMarked;
