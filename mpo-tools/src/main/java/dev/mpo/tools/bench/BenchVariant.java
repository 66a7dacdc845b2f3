package dev.mpo.tools.bench;

import dev.mpo.core.model.LoraSpec;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.Recompute;
import dev.mpo.tools.plan.PlanSettings;
import dev.mpo.train.config.ReferenceSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A way of training that is measured.
 *
 * @param name how the report calls it
 * @param branched whether a pair is one prefix with two branches, or two whole sequences
 * @param liveReference whether the reference scores every pair, or its log-probabilities are known
 * @param recompute what the policy keeps
 * @param frozen parts that are not trained
 */
public record BenchVariant(
        String name, boolean branched, boolean liveReference, Recompute recompute, Set<Part> frozen) {

    /** Returns the variant as settings of a run in single precision, for the models of arithmetic and memory. */
    public PlanSettings settings() {
        return PlanSettings.of(false)
                .withBranched(branched)
                .withRecompute(recompute)
                .withReference(liveReference ? ReferenceSettings.Mode.COPY : ReferenceSettings.Mode.CACHED)
                .withTrained(frozen, LoraSpec.NONE);
    }

    /**
     * Returns the standard set: the plain path, the branched one, with a cached reference, with the vision tower
     * frozen.
     */
    public static List<BenchVariant> standard(Recompute recompute) {
        List<BenchVariant> all = new ArrayList<>();
        Set<Part> vision = Set.of(Part.VISION, Part.PROJECTOR);
        String suffix = recompute == Recompute.FULL ? "+recompute" : "";
        all.add(new BenchVariant("plain" + suffix, false, true, recompute, Set.of()));
        all.add(new BenchVariant("branched" + suffix, true, true, recompute, Set.of()));
        all.add(new BenchVariant("branched+cached" + suffix, true, false, recompute, Set.of()));
        all.add(new BenchVariant("branched+cached+frozen-vision" + suffix, true, false, recompute, vision));
        return all;
    }
}
