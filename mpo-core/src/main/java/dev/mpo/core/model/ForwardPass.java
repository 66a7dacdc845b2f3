package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A forward pass that can be differentiated once: the log-probabilities, and what the backward pass needs. Close it to
 * free the activations.
 */
public final class ForwardPass implements AutoCloseable {

    final Scope scope = new Scope();
    final StepInputs inputs;
    final Recompute recompute;
    final List<Recorded> records = new ArrayList<>();
    Tensor output;
    ScoringHead.@Nullable Scores scores;

    /**
     * What is kept of one stage.
     *
     * @param input its input, or null if it has none
     * @param graph its computation under autograd, or null if it is to be repeated
     * @param announced whether only other processes compute the stage
     */
    record Recorded(
            Stage stage, @Nullable Tensor input, @Nullable Graph graph, boolean announced) {}

    /**
     * A stage computed under autograd, or for a written-out backward pass.
     *
     * @param scope owner of everything below
     * @param inputLeaf the leaf that stands for the input, or the input itself for a written-out backward pass; null if
     *     no gradient is wanted there
     * @param parameterLeaves the leaves that stand for the trained parameters
     * @param output the result
     * @param kept for a written-out backward pass, which also reads the stage's parameters: what it needs; null under
     *     autograd
     */
    record Graph(
            Scope scope,
            @Nullable Tensor inputLeaf,
            Tensor[] parameterLeaves,
            Tensor output,
            Tensor @Nullable [] kept) {}

    ForwardPass(StepInputs inputs, Recompute recompute, Tensor placeholder) {
        this.inputs = inputs;
        this.recompute = recompute;
        this.output = placeholder;
    }

    /** Returns the log-probability of each scored label, [M], in the order of the batch. */
    public double[] logps() {
        return scores == null ? new double[0] : scores.logps();
    }

    /** Frees the activations. */
    @Override
    public void close() {
        for (Recorded record : records) {
            if (record.graph() != null) {
                record.graph().scope().close();
            }
        }
        scope.close();
    }
}
