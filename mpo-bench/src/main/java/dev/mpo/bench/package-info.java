/**
 * Microbenchmarks of the parts that a training step consists of, by JMH. Whole steps are measured by {@code mpo bench}.
 *
 * <p>Run them with one thread on an idle machine; docs/performance.md has the command. Layers are measured through
 * models of one layer whose other parts are small, so that nothing has to be public for their sake.
 */
@NullMarked
package dev.mpo.bench;

import org.jspecify.annotations.NullMarked;
