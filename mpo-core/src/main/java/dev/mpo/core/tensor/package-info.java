/**
 * Tensors, their lifetimes, and the operators that DJL's own API lacks.
 *
 * <p>This is the only package that touches DJL's PyTorch engine. {@link dev.mpo.core.tensor.Tensor} is a native tensor
 * owned by a {@link dev.mpo.core.tensor.Scope}; {@link dev.mpo.core.tensor.OperatorLibrary} compiles TorchScript source
 * and calls it with autograd; {@link dev.mpo.core.tensor.Tensors} holds the general operations built on that.
 * Everything above sees neither native handles nor data-type numbers.
 */
@NullMarked
package dev.mpo.core.tensor;

import org.jspecify.annotations.NullMarked;
