/** From settings to running parts: data, models, run directory, export. The trainer itself only loops. */
@NullMarked
package dev.mpo.train.setup;

import org.jspecify.annotations.NullMarked;
