/**
 * Judging an answer against the ground truth: which scores a data set is judged by ({@code ScoreMode}), the scores
 * themselves, and the verdict ({@code AnswerChecker}, where reading starts).
 */
@NullMarked
package dev.mpo.eval.judge.score;

import org.jspecify.annotations.NullMarked;
