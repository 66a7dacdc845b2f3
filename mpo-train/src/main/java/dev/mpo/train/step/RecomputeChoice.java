package dev.mpo.train.step;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.Recompute;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Decides for each micro-batch whether activations are kept or computed again. */
public interface RecomputeChoice {

    /** Returns what to do for a micro-batch. */
    Recompute of(PackedBatch batch);

    /** Always does the same. */
    static RecomputeChoice always(Recompute recompute) {
        return batch -> recompute;
    }

    /**
     * Keeps the activations of a micro-batch if their estimated size is at most half of the memory that the system has
     * available.
     */
    static RecomputeChoice byFreeMemory(ModelConfig config) {
        return batch -> {
            long needed = activationBytes(config, batch);
            return needed * 2 <= availableBytes() ? Recompute.NONE : Recompute.FULL;
        };
    }

    /** Estimates the single-precision activations that autograd keeps over all layers. */
    static long activationBytes(ModelConfig config, PackedBatch batch) {
        VisionConfig vision = config.vision();
        LanguageConfig language = config.language();
        long patches = batch.numTiles() * ((long) vision.patchesPerSide() * vision.patchesPerSide() + 1);
        long perPatch = 12L * vision.hiddenSize() + 3L * vision.intermediateSize();
        long perToken = 14L * language.hiddenSize() + 5L * language.intermediateSize();
        long logits = (long) batch.labels().length * language.vocabSize();
        return 4
                * (patches * perPatch * vision.numLayers()
                        + batch.numTokens() * perToken * language.numLayers()
                        + logits);
    }

    /** Returns the memory that new allocations can use without swapping, in bytes; unlimited where unknown. */
    private static long availableBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"), StandardCharsets.US_ASCII)) {
                if (line.startsWith("MemAvailable:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
        return Long.MAX_VALUE;
    }
}
