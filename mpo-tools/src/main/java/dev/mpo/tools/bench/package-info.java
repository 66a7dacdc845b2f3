/**
 * The performance harness: training steps of the engine on random weights and synthetic pairs, variant against variant
 * in one process.
 */
@NullMarked
package dev.mpo.tools.bench;

import org.jspecify.annotations.NullMarked;
