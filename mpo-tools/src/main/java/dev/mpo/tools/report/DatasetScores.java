package dev.mpo.tools.report;

/**
 * The scores of one data set before and after training.
 *
 * @param dataset its name in the meta file
 * @param pairs number of pairs scored
 * @param before scores of the model that training started from
 * @param after scores of the trained model
 */
public record DatasetScores(String dataset, int pairs, Scores before, Scores after) {}
