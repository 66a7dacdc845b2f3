package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Token ids to embeddings, with image features in the place of the placeholders.
 *
 * <p>Its backward pass is written out: autograd would allocate a gradient of the whole vocabulary for every
 * micro-batch.
 */
record TokenEmbeddingStage(StageWeights weights) implements Stage {

    @Override
    public String name() {
        return ModelLayout.LANGUAGE_EMBEDDINGS;
    }

    @Override
    public Tensor compute(Scope scope, @Nullable Tensor input, Tensor[] w, StepInputs in) {
        Tensor x = ModelOps.OPS.call(scope, "token_embeddings", w[0], in.ids());
        if (input == null) {
            return x;
        }
        try (x) {
            return ModelOps.OPS.call(scope, "merge_images", x, in.imageRows(), input);
        }
    }

    /** Adds the gradient of the embedding table, except for placeholders and the padding token. */
    void accumulate(Tensor gradient, StepInputs in) {
        if (weights.trained()) {
            ModelOps.OPS.run("token_embeddings_backward", gradient, in.ids(), in.textRows(), weights.gradients()[0]);
        }
    }

    /** Returns the gradient of the image features. */
    Tensor featureGradient(Scope scope, Tensor gradient, StepInputs in) {
        return ModelOps.OPS.call(scope, "take_rows", gradient, in.imageRows());
    }
}
