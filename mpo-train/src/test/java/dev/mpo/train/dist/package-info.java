/** Tests of ranks and collectives, with real processes. */
@NullMarked
package dev.mpo.train.dist;

import org.jspecify.annotations.NullMarked;
