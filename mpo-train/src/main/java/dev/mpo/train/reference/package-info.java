/** The frozen model that the policy is held against: where its log-probabilities come from. */
@NullMarked
package dev.mpo.train.reference;

import org.jspecify.annotations.NullMarked;
