/**
 * Answers as mathematical values: numbers with units, intervals, tuples, sets, relations, equations, ratios, matrices.
 * Start reading at {@link dev.mpo.eval.judge.value.AnswerReader}; {@link dev.mpo.eval.judge.value.AnswerValue}
 * compares. What cannot be read is no value, and what cannot be compared is unknown: neither is ever called different.
 */
@NullMarked
package dev.mpo.eval.judge.value;

import org.jspecify.annotations.NullMarked;
