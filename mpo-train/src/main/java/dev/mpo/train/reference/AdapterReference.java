package dev.mpo.train.reference;

import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.step.PackedPairs;
import dev.mpo.train.step.PairLogps;
import dev.mpo.train.step.ReferenceModel;
import java.util.List;

/**
 * The policy with its adapters switched off: a reference that costs no memory of its own.
 *
 * <p>It is the model that training began from, and stays it, as long as nothing but adapters is trained. It borrows the
 * policy.
 */
public final class AdapterReference implements ReferenceModel {

    private final VisionLanguageModel policy;

    /** Creates a view of a model that has adapters. */
    public AdapterReference(VisionLanguageModel policy) {
        this.policy = policy;
    }

    @Override
    public PairLogps logps(List<EncodedPair> pairs, PackedPairs packed) {
        return PairLogps.of(packed, policy.scoreWithoutAdapters(packed.batch()));
    }

    @Override
    public void close() {}
}
