package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;

/**
 * A stage that has, beside the computation for autograd, a written-out backward pass where
 * {@link StepInputs#writtenOut}.
 */
interface LayerStage extends Stage {

    /**
     * Computes the output and what the backward pass needs beside the input.
     *
     * @param scope owner of the results
     * @param weights this stage's parameters
     * @return the output first
     */
    Tensor[] forward(Scope scope, Tensor input, Tensor[] weights, StepInputs in);

    /**
     * Adds the gradients of trained parameters to their sums.
     *
     * @param scope owner of the result
     * @param gradient gradient of the output
     * @param input what {@link #forward} got
     * @param kept what it returned after the output
     * @param wanted whether the result matters
     * @return the gradient of the input
     */
    Tensor backward(Scope scope, Tensor gradient, Tensor input, Tensor[] kept, StepInputs in, boolean wanted);

    /** Computes the output alone. */
    default Tensor output(Scope scope, Tensor input, Tensor[] weights, StepInputs in) {
        Tensor[] all = forward(scope, input, weights, in);
        for (int i = 1; i < all.length; i++) {
            all[i].close();
        }
        return all[0];
    }
}
