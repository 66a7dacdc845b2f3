/** How the ranks of a run share weights, gradients and optimizer state. */
@NullMarked
package dev.mpo.train.shard;

import org.jspecify.annotations.NullMarked;
