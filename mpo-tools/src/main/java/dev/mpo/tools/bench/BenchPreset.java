package dev.mpo.tools.bench;

import dev.mpo.core.ConfigException;
import dev.mpo.core.config.Family;
import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.config.VisionConfig;
import java.util.List;
import java.util.Locale;

/** Architectures to measure, by name. Weights are random: only shapes matter for time and memory. */
public final class BenchPreset {

    /** The known names, smallest first. */
    public static final List<String> NAMES = List.of("nano", "micro", "1b", "2b", "4b", "8b");

    private BenchPreset() {}

    /** Returns the architecture of a preset. */
    public static ModelConfig of(String name) {
        return switch (name) {
            case "nano" -> model(vision(64, 256, 2, 2, 112), language(512, 96, 256, 3, 4, 2, 24), 112);
            case "micro" -> model(vision(256, 1024, 6, 4, 448), language(8192, 384, 1024, 8, 6, 2, 64), 448);
            case "1b", "2b", "4b", "8b" -> ModelConfig.published("InternVL2_5-" + name.toUpperCase(Locale.ROOT));
            default -> throw new ConfigException("--preset: expected one of " + NAMES + ", got \"" + name + "\"");
        };
    }

    private static VisionConfig vision(int width, int intermediate, int layers, int heads, int imageSize) {
        return new VisionConfig(
                width, intermediate, layers, heads, imageSize, 14, 3, NormType.LAYER_NORM, true, false, 1e-6, 0);
    }

    private static LanguageConfig language(
            int vocabulary, int width, int intermediate, int layers, int heads, int keyValueHeads, int headDim) {
        return new LanguageConfig(
                Family.QWEN2,
                vocabulary,
                width,
                intermediate,
                layers,
                heads,
                keyValueHeads,
                headDim,
                1e-6,
                1e6,
                0,
                32768,
                false,
                true,
                -1);
    }

    private static ModelConfig model(VisionConfig vision, LanguageConfig language, int imageSize) {
        return new ModelConfig(vision, language, 0.5, 2, -1, "internvl2_5", imageSize, true, true, 1, 12);
    }
}
