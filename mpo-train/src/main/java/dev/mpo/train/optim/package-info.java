/** The optimizer's side of training: learning-rate schedules and parameter updates. */
@NullMarked
package dev.mpo.train.optim;

import org.jspecify.annotations.NullMarked;
