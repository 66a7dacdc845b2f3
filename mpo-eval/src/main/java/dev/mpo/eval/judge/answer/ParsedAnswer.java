package dev.mpo.eval.judge.answer;

import org.jspecify.annotations.Nullable;

/**
 * What a response says.
 *
 * @param rationale the reasoning before the answer, or null where the prompt version does not separate the two
 * @param answer the final answer; may be empty
 */
public record ParsedAnswer(@Nullable String rationale, String answer) {}
