/**
 * A small algebra for answers: formulas in LaTeX or plain arithmetic, parsed into {@code Expression}s that are compared
 * by value. It decides whether two written answers mean the same number or formula; it does not simplify.
 */
@NullMarked
package dev.mpo.eval.judge.algebra;

import org.jspecify.annotations.NullMarked;
