package dev.mpo.core.generate;

import dev.mpo.core.tensor.OperatorLibrary;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The logits of the next token of some sequences. What all of them need is computed where the logits are. */
final class NextTokens {

    private static final OperatorLibrary OPS = OperatorLibrary.compile("""
            def largest(self, z: Tensor) -> Tensor:
              i = torch.argmax(z, -1, True)
              top = torch.to(torch.gather(z, 1, i), 7)
              lse = torch.to(torch.logsumexp(z, [-1], True), 7)
              return torch.cat([torch.to(i, 7), top, lse], 1)
            """);

    private final Tensor tensor;
    private final double[] largest;
    private float @Nullable [] all;

    /** Reads logits, [n, V], which are borrowed. */
    NextTokens(Tensor tensor) {
        this.tensor = tensor;
        try (Scope scope = new Scope()) {
            this.largest = OPS.call(scope, "largest", tensor).toDoubleArray();
        }
    }

    /** Returns the most likely token of a row. */
    int largest(int row) {
        return (int) largest[3 * row];
    }

    /** Returns the log-probability of a token in a row. */
    double logp(int row, int id) {
        double logit = id == largest(row) ? largest[3 * row + 1] : all()[row * vocabulary() + id];
        return logit - largest[3 * row + 2];
    }

    /** Returns a copy of a row. */
    float[] logits(int row) {
        return Arrays.copyOfRange(all(), row * vocabulary(), (row + 1) * vocabulary());
    }

    private int vocabulary() {
        return Math.toIntExact(tensor.size(1));
    }

    private float[] all() {
        float[] known = all;
        if (known == null) {
            known = tensor.toFloatArray();
            all = known;
        }
        return known;
    }
}
