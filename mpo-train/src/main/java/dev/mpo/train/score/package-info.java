/**
 * Scoring: what a policy, and a reference if there is one, thinks of the pairs of a meta file.
 *
 * <p>Start at {@link dev.mpo.train.score.PairScorer}. It uses the models and the data of {@code dev.mpo.train.setup}
 * and the layouts of {@code dev.mpo.train.step}.
 */
@NullMarked
package dev.mpo.train.score;

import org.jspecify.annotations.NullMarked;
