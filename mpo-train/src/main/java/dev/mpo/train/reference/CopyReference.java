package dev.mpo.train.reference;

import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.step.PackedPairs;
import dev.mpo.train.step.PairLogps;
import dev.mpo.train.step.ReferenceModel;
import java.util.List;

/** A second, frozen model that scores each micro-batch on the same layout as the policy. It owns that model. */
public final class CopyReference implements ReferenceModel {

    private final VisionLanguageModel model;

    /** Takes over a frozen model. */
    public CopyReference(VisionLanguageModel model) {
        this.model = model;
    }

    @Override
    public PairLogps logps(List<EncodedPair> pairs, PackedPairs packed) {
        return PairLogps.of(packed, model.score(packed.batch()));
    }

    @Override
    public void close() {
        model.close();
    }
}
