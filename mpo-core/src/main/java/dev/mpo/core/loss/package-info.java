/**
 * Preference losses over summed log-probabilities: one small vector entry per pair of a micro-batch, plain double
 * arithmetic, analytic gradients.
 *
 * <p>Start at {@link dev.mpo.core.loss.MixedPreferenceLoss}: it weighs {@link dev.mpo.core.loss.LossTerm}s, owns the
 * {@link dev.mpo.core.loss.RunningMoments} behind the reward shift, and answers a
 * {@link dev.mpo.core.loss.PreferenceBatch} with a {@link dev.mpo.core.loss.LossResult}. Nothing here touches a tensor:
 * an engine computes the log-probabilities, and propagates the returned gradients back through its model.
 */
@NullMarked
package dev.mpo.core.loss;

import org.jspecify.annotations.NullMarked;
