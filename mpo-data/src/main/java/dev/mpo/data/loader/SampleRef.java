package dev.mpo.data.loader;

/**
 * A row of one of the run's data sets.
 *
 * @param dataset the 0-based data set, in the order of the meta files
 * @param row the 0-based line of its annotation file
 */
public record SampleRef(int dataset, int row) {}
