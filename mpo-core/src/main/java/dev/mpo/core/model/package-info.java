/**
 * The networks and their parameter lists.
 *
 * <p>Start at {@link dev.mpo.core.model.ModelLayout}, which derives every parameter's name, shape and kind from the
 * configuration; checkpoints, optimizers and the engine all go by it. Names here are internal: only
 * {@code dev.mpo.core.weights} knows how checkpoint files spell them.
 */
@NullMarked
package dev.mpo.core.model;

import org.jspecify.annotations.NullMarked;
