package dev.mpo.core.model;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Pixels to patch embeddings: normalisation, a linear map per patch, the class token and the positions. */
record VisionEmbeddingStage(StageWeights weights, DType compute) implements Stage {

    private static final double[] IMAGENET_MEAN = {0.485, 0.456, 0.406};
    private static final double[] IMAGENET_STD = {0.229, 0.224, 0.225};

    @Override
    public String name() {
        return ModelLayout.VISION_EMBEDDINGS;
    }

    @Override
    public Tensor compute(Scope scope, @Nullable Tensor input, Tensor[] w, StepInputs in) {
        return ModelOps.OPS.call(scope, "vision_embeddings", in.pixels(), w, IMAGENET_MEAN, IMAGENET_STD, compute);
    }
}
