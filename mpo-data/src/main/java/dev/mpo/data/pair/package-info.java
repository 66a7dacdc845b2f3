/**
 * A preference row as the model sees it: token ids with label spans for both answers, and the tiles of its images.
 *
 * <p>{@link dev.mpo.data.pair.PairDataset} opens what a meta file lists, {@link dev.mpo.data.pair.PairEncoder} turns a
 * row into an {@link dev.mpo.data.pair.EncodedPair}.
 */
@NullMarked
package dev.mpo.data.pair;

import org.jspecify.annotations.NullMarked;
