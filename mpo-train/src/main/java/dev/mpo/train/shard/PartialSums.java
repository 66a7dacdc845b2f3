package dev.mpo.train.shard;

import dev.mpo.core.model.ParameterBuffer;
import dev.mpo.core.tensor.OperatorLibrary;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;

/** The part of a stage's gradients that this rank owns, before it is added to the sums of earlier micro-batches. */
final class PartialSums implements AutoCloseable {

    private static final OperatorLibrary OPS = OperatorLibrary.compile("""
            def add_to(self, sums: Tensor, more: Tensor) -> int:
              r = torch.add_(sums, torch.to(more, ops.prim.device(sums), ops.prim.dtype(sums)))
              return 0
            """);

    private final Scope scope = new Scope();
    private final ParameterBuffer buffer;
    private final Tensor own;

    PartialSums(ParameterBuffer buffer) {
        this.buffer = buffer;
        long length = buffer.ownedLength();
        this.own = Tensors.view(scope, buffer.gradients(), buffer.ownedStart(), length, length);
    }

    /** Returns a view of this rank's part of the stage's gradients. */
    Tensor own() {
        return own;
    }

    /** Adds the part to the sums, which may be in host memory. */
    void addToOwned() {
        OPS.run("add_to", buffer.ownedGradients(), own);
    }

    @Override
    public void close() {
        scope.close();
    }
}
