package dev.mpo.core.model;

import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A layer of InternViT: attention over the patches of each tile, then an MLP, each scaled per channel. */
record VisionLayerStage(int index, StageWeights weights, VisionConfig config, double loraScale) implements Stage {

    @Override
    public String name() {
        return ModelLayout.VISION_LAYERS + index;
    }

    @Override
    public Tensor compute(Scope scope, @Nullable Tensor input, Tensor[] w, StepInputs in) {
        return ModelOps.OPS.call(
                scope,
                "vision_layer",
                Objects.requireNonNull(input),
                w,
                in.dropScale(index, 0),
                in.dropScale(index, 1),
                config.numHeads(),
                config.layerNormEps(),
                loraScale);
    }
}
