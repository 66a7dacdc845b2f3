package dev.mpo.train.optim;

import dev.mpo.core.model.Kind;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.ModelOptions.DecayRule;
import dev.mpo.core.model.ParameterSpec;

/** The published rules of which parameters weight decay applies to; the trainers in use disagree. */
public final class DecayRules {

    private DecayRules() {}

    /** Returns the rule that a setting names. */
    public static DecayRule of(WeightDecayGrouping grouping) {
        return switch (grouping) {
            case TRANSFORMERS4 -> DecayRules::transformers4;
            case ALL -> (stage, parameter) -> true;
            case TRANSFORMERS5 -> DecayRules::transformers5;
        };
    }

    /** No decay on biases and layer norms, found by type; RMS norms and layer scales decay. */
    private static boolean transformers4(String stage, ParameterSpec parameter) {
        return parameter.kind() != Kind.BIAS && parameter.kind() != Kind.LAYER_NORM;
    }

    /**
     * Also none on what is called a norm. The two norms of a vision layer are called {@code norm1} and {@code norm2},
     * which that rule's patterns miss, so as RMS norms they decay.
     */
    private static boolean transformers5(String stage, ParameterSpec parameter) {
        boolean missed =
                stage.startsWith(ModelLayout.VISION_LAYERS) && parameter.name().matches("norm[12]\\.weight");
        return transformers4(stage, parameter) && (parameter.kind() != Kind.RMS_NORM || missed);
    }
}
