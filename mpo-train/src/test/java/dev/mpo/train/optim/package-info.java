/** Tests of schedules and parameter updates. */
@NullMarked
package dev.mpo.train.optim;

import org.jspecify.annotations.NullMarked;
