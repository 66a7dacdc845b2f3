package dev.mpo.core.config;

/**
 * What a decoder layer consists of. Layers differ from each other in these respects alone.
 *
 * @param packedProjections whether queries, keys and values are one matrix, in which each group of query heads is
 *     followed by its key head and its value head
 * @param headNorms whether every query and key head is RMS-normalised over its own width before it is rotated
 */
public record DecoderForm(boolean packedProjections, boolean headNorms) {}
