package dev.mpo.core.model;

import dev.mpo.core.tensor.OperatorLibrary;

/**
 * The arithmetic of one more token for several sequences, as TorchScript in {@code decoding.py}: all layers in one
 * call, because at this size the calls cost as much as the arithmetic.
 */
final class DecodingOps {

    static final OperatorLibrary OPS = OperatorLibrary.compile(ModelOps.source("decoding.py"));

    private DecodingOps() {}
}
