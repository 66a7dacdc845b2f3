/** Tests of observers of a run. */
@NullMarked
package dev.mpo.train.callback;

import org.jspecify.annotations.NullMarked;
