/** The numbers of a run: what is measured per step, its names, and the file it goes to. */
@NullMarked
package dev.mpo.train.metrics;

import org.jspecify.annotations.NullMarked;
