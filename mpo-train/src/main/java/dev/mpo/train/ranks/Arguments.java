package dev.mpo.train.ranks;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Tensor;

/** Checks what callers pass to collectives; a violation is a programmer's error. */
final class Arguments {

    private Arguments() {}

    static void requireSummable(Tensor tensor) {
        DType type = tensor.dtype();
        if (type != DType.FLOAT32 && type != DType.FLOAT64) {
            throw new IllegalArgumentException("sums over ranks take float32 or float64, got " + type
                    + ": convert before the call, as sums of many short numbers lose their last bits");
        }
    }

    static void requireShards(Tensor full, Tensor shard, int size) {
        if (full.dtype() != shard.dtype() || full.numel() != size * shard.numel()) {
            throw new IllegalArgumentException("expected " + size + " shards of one type, got a whole of "
                    + full.numel() + " x " + full.dtype() + " and a shard of " + shard.numel() + " x " + shard.dtype());
        }
    }

    static void requireRank(int root, int size) {
        if (root < 0 || root >= size) {
            throw new IllegalArgumentException("expected a rank below " + size + ", got " + root);
        }
    }
}
