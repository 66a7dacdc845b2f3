/** Tests of ranks and collectives, with real processes. */
@NullMarked
package dev.mpo.train.ranks;

import org.jspecify.annotations.NullMarked;
