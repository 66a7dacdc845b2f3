package dev.mpo.core.model;

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
        implements LayerStage {

    @Override
    public String name() {
        return ModelLayout.LANGUAGE_LAYERS + index;
    }

    @Override
    public Tensor compute(Scope scope, @Nullable Tensor input, Tensor[] w, StepInputs in) {
        Tensor x = Objects.requireNonNull(input);
        return in.writtenOut()
                ? output(scope, x, w, in)
                : ModelOps.OPS.call(scope, "decoder_layer", arguments(x, w, in));
    }

    @Override
    public Tensor[] forward(Scope scope, Tensor input, Tensor[] w, StepInputs in) {
        AttentionPlan plan = plan(in);
        return ModelOps.OPS.callList(
                scope,
                "decoder_forward",
                input,
                w,
                weights.joined(in.none()),
                in.ropeTables(),
                plan.rows(),
                plan.pieces(),
                plan.varlen(),
                plan.longest(),
                shape(),
                config.rmsNormEps(),
                loraScale);
    }

    @Override
    public Tensor backward(Scope scope, Tensor gradient, Tensor input, Tensor[] kept, StepInputs in, boolean wanted) {
        AttentionPlan plan = plan(in);
        return ModelOps.OPS.call(
                scope,
                "decoder_backward",
                gradient,
                input,
                kept,
                weights.slots(),
                weights.gradientSlots(in.none()),
                weights.joined(in.none()),
                weights.joinedGradients(in.none()),
                in.ropeTables(),
                plan.rows(),
                plan.pieces(),
                plan.varlen(),
                plan.longest(),
                shape(),
                config.rmsNormEps(),
                loraScale,
                wanted);
    }

    /** Computes the output, and the rotated keys and the values of all rows, [T, K, d]. */
    Tensor[] prefill(Scope scope, Tensor input, StepInputs in) {
        return ModelOps.OPS.callList(scope, "decoder_prefill", arguments(input, weights.slots(), in));
    }

    private Object[] arguments(Tensor input, Tensor[] w, StepInputs in) {
        AttentionPlan plan = plan(in);
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

    private AttentionPlan plan(StepInputs in) {
        return last ? in.lastLayerPlan() : in.plan();
    }

    private long[] shape() {
        long packed = config.family().layer().packedProjections() ? 1 : 0;
        return new long[] {config.numHeads(), config.numKeyValueHeads(), config.headDim(), packed};
    }
}
