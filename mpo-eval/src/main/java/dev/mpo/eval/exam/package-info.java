/**
 * Examinations: questions with known answers, put to a model with and without reasoning, and marked by the rules that
 * judge sampled answers. Start reading at {@link dev.mpo.eval.exam.Exam}.
 */
@NullMarked
package dev.mpo.eval.exam;

import org.jspecify.annotations.NullMarked;
