/**
 * Reading the final answer out of a sampled response, and writing the ground truth into it. What counts as white space,
 * a number or a letter follows Python's rules ({@code PythonText}), because the published data was made with them.
 */
@NullMarked
package dev.mpo.eval.judge.answer;

import org.jspecify.annotations.NullMarked;
