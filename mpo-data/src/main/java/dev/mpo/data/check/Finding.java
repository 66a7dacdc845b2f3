package dev.mpo.data.check;

/**
 * One thing that is wrong with one row.
 *
 * @param dataset name of the data set
 * @param line 0-based line of its annotation file
 * @param where annotation file and 1-based line
 * @param kind what is wrong
 * @param message what was expected, what was found and how to fix it
 */
public record Finding(String dataset, int line, String where, FindingKind kind, String message) {}
