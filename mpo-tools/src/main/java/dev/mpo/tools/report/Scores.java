package dev.mpo.tools.report;

/**
 * How well a model ranks the two answers of a set of pairs.
 *
 * @param accuracy share of pairs whose chosen answer is more likely than the rejected one
 * @param rewardAccuracy share of pairs whose reward margin is above zero; zero when policy and reference are equal
 * @param margin mean reward of the chosen answer minus that of the rejected one
 */
public record Scores(double accuracy, double rewardAccuracy, double margin) {}
