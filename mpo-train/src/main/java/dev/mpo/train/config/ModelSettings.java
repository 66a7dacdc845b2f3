package dev.mpo.train.config;

import dev.mpo.core.model.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code model.*}: the model to train.
 *
 * @param path checkpoint folder; absent until given
 * @param freeze parts that are not trained
 * @param dropPathRate stochastic depth of the vision tower's last layer, 0 = off
 * @param imageSize pixels per tile side; absent = the checkpoint's
 * @param lora adapters
 */
public record ModelSettings(
        @Nullable String path,
        List<Part> freeze,
        @Range(min = 0, below = 1) double dropPathRate,
        @Range(min = 1) @Nullable Integer imageSize,
        LoraSettings lora) {

    /** Copies the list. */
    public ModelSettings {
        freeze = List.copyOf(freeze);
    }
}
