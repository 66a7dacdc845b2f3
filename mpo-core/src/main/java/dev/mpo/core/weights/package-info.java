/**
 * Checkpoints: which stored tensor holds which rows of which parameter, reading, writing, and resizing.
 *
 * <p>Start at {@link dev.mpo.core.weights.Checkpoint}. This is the only package that knows how checkpoint files spell
 * tensor names. Parameters are reached through {@link dev.mpo.core.weights.ParameterStore}, in their bytes, so that no
 * tensor library is needed here.
 */
@NullMarked
package dev.mpo.core.weights;

import org.jspecify.annotations.NullMarked;
