/**
 * The training engine's foundation: tensors, models, weights and losses.
 *
 * <p>This root package holds only the failures that every module reports. Start reading at {@code dev.mpo.core.model}
 * for the networks and at {@code dev.mpo.core.loss} for the objective. Nothing here knows data files or the command
 * line.
 */
@NullMarked
package dev.mpo.core;

import org.jspecify.annotations.NullMarked;
