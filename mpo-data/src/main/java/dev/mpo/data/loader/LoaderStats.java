package dev.mpo.data.loader;

/**
 * What a loader has seen so far.
 *
 * @param delivered pairs handed out
 * @param bad different rows that could not be used
 * @param dropped occurrences of rows left out for their length
 * @param truncated pairs handed out with a cut answer
 */
public record LoaderStats(long delivered, long bad, long dropped, long truncated) {}
