package dev.mpo.train.step;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.Recompute;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.DeviceMemory;
import java.util.function.LongSupplier;

/** Decides for each micro-batch whether activations are kept or computed again. */
public interface RecomputeChoice {

    /** Returns what to do for a micro-batch. */
    Recompute of(PackedBatch batch);

    /** Always does the same. */
    static RecomputeChoice always(Recompute recompute) {
        return batch -> recompute;
    }

    /**
     * Keeps the activations of a micro-batch if their estimated size is at most half of the memory that the device has
     * left, asked at that moment. On a device other than the host, what was kept once is kept again: the memory stays
     * with libtorch's allocator and no longer counts as free. Where free memory is unknown, activations are kept.
     */
    static RecomputeChoice byFreeMemory(ModelConfig config, Device device, DType compute) {
        LongSupplier free = () -> DeviceMemory.available(device).orElse(Long.MAX_VALUE);
        return byMemory(config, compute, !device.isCpu(), free);
    }

    /** Does the same with given free memory. */
    static RecomputeChoice byMemory(ModelConfig config, DType compute, boolean remembers, LongSupplier free) {
        long[] keptBefore = {0};
        return batch -> {
            long needed = activationBytes(config, compute, batch);
            boolean fits = needed <= free.getAsLong() / 2 || (remembers && needed <= keptBefore[0]);
            keptBefore[0] = fits ? Math.max(keptBefore[0], needed) : keptBefore[0];
            return fits ? Recompute.NONE : Recompute.FULL;
        };
    }

    /** Estimates the activations that the written-out backward passes keep over all layers, from above. */
    static long activationBytes(ModelConfig config, DType compute, PackedBatch batch) {
        VisionConfig vision = config.vision();
        LanguageConfig language = config.language();
        boolean half = compute == DType.BFLOAT16 || compute == DType.FLOAT16;
        long patches = batch.numTiles() * ((long) vision.patchesPerSide() * vision.patchesPerSide() + 1);
        long perPatch = 9L * vision.hiddenSize() + vision.intermediateSize();
        long perToken = 7L * language.hiddenSize() + 2L * language.intermediateSize();
        long logits = (long) batch.labels().length * language.vocabSize();
        long layers = patches * perPatch * vision.numLayers() + batch.numTokens() * perToken * language.numLayers();
        return (half ? 2 : 4) * layers + 4 * logits;
    }
}
