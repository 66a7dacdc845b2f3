/** Observers of a run: they see what happens and change nothing. */
@NullMarked
package dev.mpo.train.callback;

import org.jspecify.annotations.NullMarked;
