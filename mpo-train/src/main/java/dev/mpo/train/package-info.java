/** The training loop and everything around it: engine, optimizer, reference model, metrics, checkpoints and export. */
@NullMarked
package dev.mpo.train;

import org.jspecify.annotations.NullMarked;
