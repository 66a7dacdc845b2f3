package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Drops the class token, folds neighbouring patches into channels (pixel shuffle) and maps to the language width. */
record ProjectorStage(StageWeights weights, double downsampleRatio, int pixelShuffleVersion) implements Stage {

    @Override
    public String name() {
        return ModelLayout.PROJECTOR;
    }

    @Override
    public Tensor compute(Scope scope, @Nullable Tensor input, Tensor[] w, StepInputs in) {
        return ModelOps.OPS.call(
                scope, "projector", Objects.requireNonNull(input), w, downsampleRatio, pixelShuffleVersion);
    }
}
