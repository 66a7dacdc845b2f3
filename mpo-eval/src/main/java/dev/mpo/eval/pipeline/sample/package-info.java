/**
 * Sampling texts from a model for preference data: the correctness pipeline asks for reasoned answers, DropoutNTP for
 * the continuation of answers without the picture. Both resume where they stopped and share rows among ranks. Start
 * with {@link dev.mpo.eval.pipeline.sample.SamplingJob}.
 */
@NullMarked
package dev.mpo.eval.pipeline.sample;

import org.jspecify.annotations.NullMarked;
