package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A stage of the chain: a function of the previous stage's output, its own parameters and the micro-batch. */
interface Stage {

    /** Returns the stage's unique name. */
    String name();

    /** Returns the parameters. */
    StageWeights weights();

    /**
     * Computes the output.
     *
     * @param scope owner of the result and of everything on the way
     * @param input the previous stage's output, or null for the first stage of a chain
     * @param weights this stage's parameters, as they are or as autograd leaves
     * @param in the micro-batch
     */
    Tensor compute(Scope scope, @Nullable Tensor input, Tensor[] weights, StepInputs in);
}
