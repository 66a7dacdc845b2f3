package dev.mpo.eval.exam;

/**
 * What a model said to a question, and what it is worth.
 *
 * @param question the question
 * @param response what the model said
 * @param readable whether an answer could be read out of it
 * @param right whether that answer is right
 */
public record Mark(ExamQuestion question, String response, boolean readable, boolean right) {}
