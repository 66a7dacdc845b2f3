/**
 * The stream of encoded pairs that training consumes: order, sharding by rank, prefetch, bad rows and resume.
 *
 * <p>{@link dev.mpo.data.loader.SampleOrder} says which row comes at which position;
 * {@link dev.mpo.data.loader.PairLoader} delivers the rows of one rank, encoded ahead of time by worker threads.
 * Nothing here depends on the number of threads, and a position alone is enough to continue a run.
 */
@NullMarked
package dev.mpo.data.loader;

import org.jspecify.annotations.NullMarked;
