package dev.mpo.tools.bench;

/**
 * The size of a synthetic pair.
 *
 * @param tiles tiles of its images
 * @param promptTokens tokens before the answers, visual tokens not counted
 * @param answerTokens tokens of each answer
 */
public record PairShape(int tiles, int promptTokens, int answerTokens) {}
