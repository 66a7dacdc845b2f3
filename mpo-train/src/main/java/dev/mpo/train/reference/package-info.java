/** Ways to get the log-probabilities of the frozen model that the policy is held against. */
@NullMarked
package dev.mpo.train.reference;

import org.jspecify.annotations.NullMarked;
