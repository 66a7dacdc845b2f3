/**
 * A preference data set that needs no download: the program draws pictures of coloured shapes, asks questions about
 * them whose answers it knows, and writes a tokenizer and a randomly initialised nano model to go with them.
 *
 * <p>Start with {@link dev.mpo.data.synth.SyntheticDataset} for the pairs, then
 * {@link dev.mpo.data.synth.NanoTokenizerWriter} and {@link dev.mpo.data.synth.NanoCheckpoint} for the checkpoint
 * folder. Everything is a pure function of a seed. The demo command and the end-to-end tests depend on this package;
 * nothing in the training code does.
 */
@NullMarked
package dev.mpo.data.synth;

import org.jspecify.annotations.NullMarked;
