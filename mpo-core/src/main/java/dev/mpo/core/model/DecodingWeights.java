package dev.mpo.core.model;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The parameters of all decoder layers as {@link DecodingOps} takes them.
 *
 * <p>Queries, keys and values are one matrix product, and so are gate and up, if their weights follow each other in
 * memory and nothing adapts them: then one view covers them, and no matrix is copied. Otherwise each is a product of
 * its own.
 *
 * @param slots the parameters, {@link #STRIDE} per layer
 * @param packed whether the views cover several matrices
 */
record DecodingWeights(Tensor[] slots, boolean packed) {

    /** Parameters per layer, in the order of {@link SlotPlan#DECODER_LAYER}. */
    static final int STRIDE = SlotPlan.DECODER_LAYER.names().size();

    private static final int QKV = SlotPlan.DECODER_LAYER.slot("attention.q.weight");
    private static final int GATE = SlotPlan.DECODER_LAYER.slot("mlp.gate.weight");
    private static final int QUERY_NORM = SlotPlan.DECODER_LAYER.slot("attention.q_norm.weight");

    /** Arranges a model's parameters; what is not the model's own belongs to {@code scope}. */
    static DecodingWeights of(Scope scope, VisionLanguageModel model) {
        LanguageConfig config = model.config().language();
        List<Tensor> packed = new ArrayList<>();
        List<Tensor> plain = new ArrayList<>();
        boolean all = true;
        for (int i = 0; i < config.numLayers(); i++) {
            Tensor[] slots = model.decoderStages().get(i).weights().slots().clone();
            if (config.family().layer().headNorms()) { // one factor per channel of each head, queries then keys
                slots[QUERY_NORM] = DecodingOps.OPS.call(
                        scope,
                        "head_norms",
                        slots[QUERY_NORM],
                        slots[QUERY_NORM + 1],
                        config.numHeads(),
                        config.numKeyValueHeads());
            }
            plain.addAll(Arrays.asList(slots));
            List<ParameterBuffer> buffers = model.parameters().stage(ModelLayout.LANGUAGE_LAYERS + i);
            all = all && buffers.size() == 1 && pack(scope, buffers.get(0), slots, config, packed);
        }
        return new DecodingWeights((all ? packed : plain).toArray(new Tensor[0]), all);
    }

    private static boolean pack(
            Scope scope, ParameterBuffer buffer, Tensor[] slots, LanguageConfig config, List<Tensor> to) {
        Tensor[] views = slots.clone();
        if (!join(buffer, views, GATE, SlotPlan.GATE_UP)) {
            return false;
        }
        if (!config.family().layer().packedProjections()) {
            if (!join(buffer, views, QKV, SlotPlan.QUERY_KEY_VALUE)) {
                return false;
            }
            if (config.attentionBias()) { // a few numbers: copied wherever they lie
                Tensor[] biases = {slots[QKV + 1], slots[QKV + 5], slots[QKV + 9]};
                views[QKV + 1] = DecodingOps.OPS.call(scope, "chain", (Object) biases);
            }
        }
        to.addAll(Arrays.asList(views));
        return true;
    }

    /** Puts one view of neighbouring parameters into a slot; false if they are no neighbours. */
    private static boolean join(ParameterBuffer buffer, Tensor[] slots, int slot, List<String> names) {
        Tensor joined = buffer.joinedWeights(names);
        if (joined == null) {
            return false;
        }
        slots[slot] = joined;
        return true;
    }

    /** Returns heads, key-value heads, head size, and how queries, keys and values are stored. */
    long[] shape(LanguageConfig config) {
        long form = config.family().layer().packedProjections() ? 2 : packed ? 0 : 1;
        return new long[] {config.numHeads(), config.numKeyValueHeads(), config.headDim(), form};
    }
}
