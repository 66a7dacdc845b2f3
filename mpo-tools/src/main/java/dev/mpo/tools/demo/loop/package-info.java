/**
 * The closed loop on data that the program draws: learn from a few examples, answer many questions oneself, make
 * preference pairs of the answers, train on them, and be examined before and after. Start reading at
 * {@link dev.mpo.tools.demo.loop.LoopDemo}.
 */
@NullMarked
package dev.mpo.tools.demo.loop;

import org.jspecify.annotations.NullMarked;
