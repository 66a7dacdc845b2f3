/**
 * One training step: pairs to a packed stream, log-probabilities to a loss, the loss to gradients.
 *
 * <p>Start at {@link dev.mpo.train.step.MpoTrainStep}; {@link dev.mpo.train.step.BatchPacker} lays pairs out.
 */
@NullMarked
package dev.mpo.train.step;

import org.jspecify.annotations.NullMarked;
