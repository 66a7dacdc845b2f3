package dev.mpo.core.weights;

/**
 * A run of rows of a parameter, a row being everything below its first extent.
 *
 * @param first index of the first row
 * @param count number of rows
 */
public record RowRange(long first, long count) {}
