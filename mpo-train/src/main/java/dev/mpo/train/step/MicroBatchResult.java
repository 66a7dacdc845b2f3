package dev.mpo.train.step;

import dev.mpo.core.loss.LossResult;

/**
 * The outcome of one micro-batch.
 *
 * @param loss the loss, its terms and the rewards
 * @param policy log-probabilities under the policy
 * @param reference log-probabilities under the reference
 * @param numPairs number of pairs
 * @param numTokens tokens of the stream that the model read
 */
public record MicroBatchResult(LossResult loss, PairLogps policy, PairLogps reference, int numPairs, int numTokens) {}
