/**
 * Making preference data: the prompts that ask for a reasoned answer, the prefixes that DropoutNTP continues, and the
 * {@link dev.mpo.train.pipeline.Sampler} through which both reach a model. {@code pairs} turns sampled answers into
 * preference pairs; it reads them with {@code answer} and judges them with {@code score}. Start with
 * {@code pairs.PairBuilding}.
 */
@NullMarked
package dev.mpo.train.pipeline;

import org.jspecify.annotations.NullMarked;
