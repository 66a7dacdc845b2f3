package dev.mpo.data.loader;

/**
 * A row that was due at a position but could not be delivered.
 *
 * @param position the position of the run's order
 * @param ref the row
 * @param dataset the data set's name
 * @param where annotation file and 1-based line
 * @param dropped whether it was left out for its length on request, rather than being unusable
 * @param reason the whole message
 */
record UnusedRow(long position, SampleRef ref, String dataset, String where, boolean dropped, String reason) {}
