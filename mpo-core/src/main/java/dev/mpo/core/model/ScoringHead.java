package dev.mpo.core.model;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.GradMode;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;

/**
 * Final norm and output head, applied to scored rows alone: hidden states to log-probabilities of the labels.
 *
 * <p>Logits exist for one chunk of rows at a time, [chunk, V]. The backward pass is written out: with {@code z} the
 * logits and {@code c} the derivative of the loss by a label's log-probability, {@code dz = c (onehot - softmax(z))}.
 * It adds the head's gradient straight into the sums.
 */
final class ScoringHead {

    private final StageWeights weights;
    private final Matrix matrix;
    private final double eps;
    private final long chunkRows;

    /**
     * The output matrix, which may be the embedding table.
     *
     * @param owner the buffer that holds it
     * @param index its place there
     * @param absent an empty tensor
     */
    record Matrix(ParameterBuffer owner, int index, Tensor absent) {

        long rows() {
            return owner.specs().get(index).shapeArray()[0];
        }

        Tensor weight() {
            return owner.views().get(index);
        }

        /** Returns where the gradient is summed; empty if it is frozen. */
        Tensor gradient() {
            return owner.trained() ? owner.gradientViews().get(index) : absent;
        }
    }

    /**
     * Creates the head.
     *
     * @param maxLogits number of logits that may exist at once
     */
    ScoringHead(StageWeights weights, Matrix matrix, double eps, long maxLogits) {
        this.weights = weights;
        this.matrix = matrix;
        this.eps = eps;
        this.chunkRows = Math.max(1, maxLogits / matrix.rows());
    }

    boolean trained() {
        return weights.trained() || matrix.owner().trained();
    }

    /** Returns the buffers of norm and output matrix. */
    List<ParameterBuffer> buffers() {
        List<ParameterBuffer> own = weights.buffers();
        if (own.contains(matrix.owner())) {
            return own;
        }
        List<ParameterBuffer> all = new ArrayList<>(own);
        all.add(matrix.owner());
        return all;
    }

    /** What the backward pass needs of a forward pass; the tensors belong to the scope given there. */
    record Scores(Tensor normed, Tensor hidden, List<Chunk> chunks, double[] logps) {}

    private record Chunk(long start, long length, Tensor logits, Tensor logSumExp) {}

    /** Computes log-probabilities, [M]; keeps the logits if asked to. */
    Scores score(Scope scope, Tensor x, StepInputs in, boolean keepLogits) {
        Tensor normed = ModelOps.OPS.call(scope, "rms_norm", x, weights.slots()[0], eps);
        Tensor hidden = ModelOps.OPS.call(scope, "take_rows", normed, in.scoredIndex());
        long count = hidden.size(0);
        double[] logps = new double[Math.toIntExact(count)];
        List<Chunk> chunks = new ArrayList<>();
        for (long start = 0; start < count; start += chunkRows) {
            long length = Math.min(chunkRows, count - start);
            try (Scope local = new Scope()) {
                Tensor[] out = scoreChunk(local, hidden, in, start, length);
                System.arraycopy(out[0].toDoubleArray(), 0, logps, (int) start, (int) length);
                if (keepLogits) {
                    chunks.add(new Chunk(start, length, out[1].moveTo(scope), out[2].moveTo(scope)));
                }
            }
        }
        return new Scores(normed, hidden, chunks, logps);
    }

    /** Computes the logits of all scored rows at once, [M, V]. */
    Tensor logits(Scope scope, Tensor x, StepInputs in) {
        Tensor normed = ModelOps.OPS.call(scope, "rms_norm", x, weights.slots()[0], eps);
        Tensor hidden = ModelOps.OPS.call(scope, "take_rows", normed, in.scoredIndex());
        return ModelOps.OPS.callList(scope, "score", hidden, matrix.weight(), in.labels())[1];
    }

    /** Returns the weight of the final norm. */
    Tensor normWeight() {
        return weights.slots()[0];
    }

    /** Returns the output matrix, which may be the embedding table. */
    Tensor headWeight() {
        return matrix.weight();
    }

    private Tensor[] scoreChunk(Scope scope, Tensor hidden, StepInputs in, long start, long length) {
        Tensor rows = Tensors.view(scope, hidden, start, length, length, hidden.size(1));
        Tensor labels = Tensors.view(scope, in.labels(), start, length, length);
        return ModelOps.OPS.callList(scope, "score", rows, matrix.weight(), labels);
    }

    /**
     * Back-propagates the derivatives of the loss by the log-probabilities, [M], to the last layer's output.
     *
     * @return the gradient of {@code x}, owned by {@code scope}
     */
    Tensor backward(Scope scope, Tensor x, Scores scores, double[] coefficients, StepInputs in, Device device) {
        try (Scope local = new Scope()) {
            Tensor hiddenGradient = hiddenGradient(local, scores, coefficients, in, device);
            Tensor gy = ModelOps.OPS.call(
                    local,
                    "scatter_rows",
                    hiddenGradient,
                    in.scoredIndex(),
                    scores.normed().size(0));
            Tensor leaf = Tensors.leaf(local, x);
            Tensor[] slots = weights.leafSlots(local);
            Tensor y;
            try (GradMode on = GradMode.enable()) {
                y = ModelOps.OPS.call(local, "rms_norm", leaf, slots[0], eps);
            }
            boolean trained = slots[0] != weights.slots()[0];
            Tensor[] parameters = trained ? new Tensor[] {slots[0]} : new Tensor[0];
            Tensor[] sums = trained ? new Tensor[] {weights.gradients()[normGradientIndex()]} : new Tensor[0];
            return Tensors.accumulate(local, y, gy, new Tensor[] {leaf}, parameters, sums)[0].moveTo(scope);
        }
    }

    /** The trained slots are the norm and, unless it is tied, the head, in the order of the buffer. */
    private int normGradientIndex() {
        Tensor[] gradients = weights.gradients();
        return gradients.length == 1 || gradients[0].shape().length == 1 ? 0 : 1;
    }

    private Tensor hiddenGradient(Scope scope, Scores scores, double[] coefficients, StepInputs in, Device device) {
        Tensor all = coefficients(scope, coefficients, device, matrix.weight().dtype());
        long width = scores.hidden().size(1);
        long count = scores.hidden().size(0);
        Tensor out = Tensors.empty(scope, device, matrix.weight().dtype(), count, width);
        int kept = 0;
        for (long start = 0; start < count; start += chunkRows) {
            long length = Math.min(chunkRows, count - start);
            try (Scope local = new Scope()) {
                Chunk chunk = scores.chunks().isEmpty()
                        ? recompute(local, scores, in, start, length)
                        : scores.chunks().get(kept++);
                Tensor g = ModelOps.OPS.call(
                        local,
                        "score_backward",
                        chunk.logits(),
                        chunk.logSumExp(),
                        Tensors.view(local, in.labels(), start, length, length),
                        Tensors.view(local, all, start, length, length),
                        Tensors.view(local, scores.hidden(), start, length, length, width),
                        matrix.weight(),
                        matrix.gradient());
                Tensors.copy(g, Tensors.view(local, out, start, length, length, width));
                chunk.logits().close();
            }
        }
        return out;
    }

    private Chunk recompute(Scope scope, Scores scores, StepInputs in, long start, long length) {
        Tensor[] out = scoreChunk(scope, scores.hidden(), in, start, length);
        return new Chunk(start, length, out[1], out[2]);
    }

    private static Tensor coefficients(Scope scope, double[] values, Device device, DType weightType) {
        if (weightType == DType.FLOAT64) {
            return Tensors.of(scope, device, values, values.length);
        }
        float[] single = new float[values.length];
        for (int i = 0; i < single.length; i++) {
            single[i] = (float) values[i];
        }
        return Tensors.of(scope, device, single, single.length);
    }
}
