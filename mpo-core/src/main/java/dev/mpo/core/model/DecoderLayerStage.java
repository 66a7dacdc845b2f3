package dev.mpo.core.model;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A decoder layer over the packed stream: rotary grouped-query attention by segment, then a gated MLP.
 *
 * <p>The last layer computes queries, and everything after them, only for the rows that some label needs.
 */
record DecoderLayerStage(int index, StageWeights weights, LanguageConfig config, boolean last, double loraScale)
        implements Stage {

    @Override
    public String name() {
        return ModelLayout.LANGUAGE_LAYERS + index;
    }

    @Override
    public Tensor compute(Scope scope, @Nullable Tensor input, Tensor[] w, StepInputs in) {
        return ModelOps.OPS.call(scope, "decoder_layer", arguments(Objects.requireNonNull(input), w, in));
    }

    /** Computes the output, and the rotated keys and the values of all rows, [T, K, d]. */
    Tensor[] prefill(Scope scope, Tensor input, StepInputs in) {
        return ModelOps.OPS.callList(scope, "decoder_prefill", arguments(input, weights.slots(), in));
    }

    private Object[] arguments(Tensor input, Tensor[] w, StepInputs in) {
        AttentionPlan plan = last ? in.lastLayerPlan() : in.plan();
        return new Object[] {
            input,
            w,
            in.ropeTables(),
            plan.rows(),
            plan.segments(),
            plan.masks(),
            plan.varlen(),
            plan.longest(),
            shape(),
            config.rmsNormEps(),
            loraScale
        };
    }

    private long[] shape() {
        long packed = config.family() == Family.INTERNLM2 ? 1 : 0;
        return new long[] {config.numHeads(), config.numKeyValueHeads(), config.headDim(), packed};
    }
}
