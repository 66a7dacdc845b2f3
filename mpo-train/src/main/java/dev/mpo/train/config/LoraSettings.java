package dev.mpo.train.config;

import dev.mpo.core.model.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code model.lora.*}: low-rank adapters.
 *
 * @param rank inner dimension; 0 = no adapters
 * @param alpha numerator of the scale alpha / rank; absent = 2 * rank
 * @param targets parts that get adapters
 * @param init safetensors file to start from; absent = fresh adapters
 */
public record LoraSettings(
        @Range(min = 0) int rank,
        @Range(above = 0) @Nullable Double alpha,
        List<Part> targets,
        @Nullable String init) {

    /** Copies the list. */
    public LoraSettings {
        targets = List.copyOf(targets);
    }

    /** Whether the run trains adapters. */
    public boolean enabled() {
        return rank > 0;
    }

    /** The factor on the adapters' output: alpha / rank, by default 2. */
    public double scale() {
        return alpha == null ? 2 : alpha / rank;
    }
}
