package dev.mpo.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Low-rank adapters (LoRA, arXiv 2106.09685): every linear map of the layers of some parts becomes {@code W x + alpha /
 * rank B A x}, the part's own parameters are frozen, and only A and B are trained.
 *
 * @param rank rows of A, [rank, in], and columns of B, [out, rank]
 * @param alpha numerator of the scale
 * @param parts the adapted parts: {@link Part#VISION}, {@link Part#LANGUAGE} or both
 */
public record LoraSpec(int rank, double alpha, Set<Part> parts) {

    /** No adapters. */
    public static final LoraSpec NONE = new LoraSpec(0, 0, Set.of());

    /** Copies the parts. */
    public LoraSpec {
        parts = Set.copyOf(parts);
    }

    /** Returns whether a parameter, named in full or within its stage, is a factor of an adapter. */
    public static boolean isAdapter(String parameter) {
        return parameter.endsWith(".lora_a") || parameter.endsWith(".lora_b");
    }

    /** Returns the factor on the adapters' output. */
    public double scale() {
        return rank == 0 ? 0 : alpha / rank;
    }

    /** Returns whether a part has adapters. */
    public boolean adapts(Part part) {
        return rank > 0 && parts.contains(part);
    }

    /**
     * Returns the adapters of a stage: for each linear weight {@code <linear>.lora_a} and {@code <linear>.lora_b}.
     * Embeddings and the output head have none.
     */
    public List<ParameterSpec> adapters(StageSpec stage) {
        List<ParameterSpec> adapters = new ArrayList<>();
        boolean layer = stage.name().startsWith(ModelLayout.VISION_LAYERS)
                || stage.name().startsWith(ModelLayout.LANGUAGE_LAYERS);
        for (ParameterSpec spec : stage.parameters()) {
            if (layer && adapts(stage.part()) && spec.kind() == Kind.MATRIX) {
                String linear = spec.name().substring(0, spec.name().length() - ".weight".length());
                long out = spec.shape().get(0);
                long in = spec.shape().get(1);
                adapters.add(
                        new ParameterSpec(linear + ".lora_a", List.of((long) rank, in), stage.part(), Kind.MATRIX));
                adapters.add(
                        new ParameterSpec(linear + ".lora_b", List.of(out, (long) rank), stage.part(), Kind.MATRIX));
            }
        }
        return adapters;
    }
}
