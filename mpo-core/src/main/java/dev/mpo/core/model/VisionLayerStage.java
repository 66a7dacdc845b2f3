package dev.mpo.core.model;

import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A layer of InternViT: attention over the patches of each tile, then an MLP, each scaled per channel. */
record VisionLayerStage(int index, StageWeights weights, VisionConfig config, double loraScale) implements LayerStage {

    @Override
    public String name() {
        return ModelLayout.VISION_LAYERS + index;
    }

    @Override
    public Tensor compute(Scope scope, @Nullable Tensor input, Tensor[] w, StepInputs in) {
        Tensor x = Objects.requireNonNull(input);
        if (in.writtenOut()) {
            return output(scope, x, w, in);
        }
        return ModelOps.OPS.call(
                scope,
                "vision_layer",
                x,
                w,
                in.dropScale(index, 0),
                in.dropScale(index, 1),
                config.numHeads(),
                config.layerNormEps(),
                loraScale);
    }

    @Override
    public Tensor[] forward(Scope scope, Tensor input, Tensor[] w, StepInputs in) {
        return ModelOps.OPS.callList(
                scope,
                "vision_forward",
                input,
                w,
                in.dropScale(index, 0),
                in.dropScale(index, 1),
                config.numHeads(),
                config.layerNormEps(),
                loraScale,
                in.varlen());
    }

    @Override
    public Tensor backward(Scope scope, Tensor gradient, Tensor input, Tensor[] kept, StepInputs in, boolean wanted) {
        return ModelOps.OPS.call(
                scope,
                "vision_backward",
                gradient,
                input,
                kept,
                weights.slots(),
                weights.gradientSlots(in.none()),
                in.dropScale(index, 0),
                in.dropScale(index, 1),
                config.numHeads(),
                config.layerNormEps(),
                loraScale,
                in.varlen(),
                wanted);
    }
}
