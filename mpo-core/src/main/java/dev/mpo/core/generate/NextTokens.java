package dev.mpo.core.generate;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.OperatorLibrary;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The logits of the next token of some sequences. What all of them need is computed where the logits are; the logits
 * themselves are read, without a copy if they are in this process's memory, only when a draw looks at them.
 */
final class NextTokens {

    private static final OperatorLibrary OPS = OperatorLibrary.compile("""
            def largest(self, z: Tensor) -> Tensor:
              i = torch.argmax(z, -1, True)
              top = torch.to(torch.gather(z, 1, i), 7)
              lse = torch.to(torch.logsumexp(z, [-1], True), 7)
              return torch.to(torch.cat([torch.to(i, 7), top, lse], 1), torch.device("cpu"), 7)
            """);

    private final Scope scope;
    private final Tensor tensor;
    private final double[] largest;
    private @Nullable FloatBuffer all;

    /** Reads logits, [n, V], which are borrowed; what is computed from them belongs to {@code scope}. */
    NextTokens(Scope scope, Tensor tensor) {
        this.scope = scope;
        this.tensor = tensor;
        Tensor found = OPS.call(scope, "largest", tensor);
        this.largest = new double[3 * Math.toIntExact(tensor.size(0))];
        found.bytes().asDoubleBuffer().get(largest);
    }

    /** Returns the most likely token of a row. */
    int largest(int row) {
        return (int) largest[3 * row];
    }

    /** Returns the log-probability of a token in a row. */
    double logp(int row, int id) {
        double logit = id == largest(row) ? largest[3 * row + 1] : all().get(row * vocabulary() + id);
        return logit - largest[3 * row + 2];
    }

    /** Copies a row. */
    float[] logits(int row) {
        float[] out = new float[vocabulary()];
        all().get(row * out.length, out);
        return out;
    }

    private int vocabulary() {
        return Math.toIntExact(tensor.size(1));
    }

    private FloatBuffer all() {
        FloatBuffer known = all;
        if (known == null) {
            known = Tensors.toCpu(scope, tensor, DType.FLOAT32).bytes().asFloatBuffer();
            all = known;
        }
        return known;
    }
}
