/**
 * The safetensors file format: headers read and checked, files written, number formats converted.
 *
 * <p>Start at {@link dev.mpo.core.safetensors.SafetensorsFolder} for reading and at
 * {@link dev.mpo.core.safetensors.SafetensorsWriter} for writing. Nothing here knows what the tensors mean; that is
 * {@code dev.mpo.core.weights}.
 */
@NullMarked
package dev.mpo.core.safetensors;

import org.jspecify.annotations.NullMarked;
