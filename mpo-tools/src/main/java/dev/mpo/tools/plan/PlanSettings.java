package dev.mpo.tools.plan;

import dev.mpo.core.model.LoraSpec;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.Recompute;
import dev.mpo.train.config.ParallelSettings.Shard;
import dev.mpo.train.config.ReferenceSettings;
import java.util.Set;

/**
 * The settings that decide what a run needs.
 *
 * @param branched whether a pair is one prefix with two branches, or two whole sequences
 * @param reference where the reference's log-probabilities come from
 * @param frozen parts that are not trained
 * @param lora adapters
 * @param recompute what is kept between forward and backward pass
 * @param narrow whether weights and activations take two bytes (bf16) instead of four (fp32)
 * @param shard what is split over the devices
 * @param offload whether optimizer state lives in host memory
 * @param devices number of devices
 * @param batchSize pairs per micro-batch and device
 * @param pairsPerStep pairs per optimizer step on all devices
 */
public record PlanSettings(
        boolean branched,
        ReferenceSettings.Mode reference,
        Set<Part> frozen,
        LoraSpec lora,
        Recompute recompute,
        boolean narrow,
        Shard shard,
        boolean offload,
        int devices,
        int batchSize,
        int pairsPerStep) {

    /** Copies the set and checks the ranges. */
    public PlanSettings {
        frozen = Set.copyOf(frozen);
        if (devices < 1 || batchSize < 1 || pairsPerStep < 1) {
            throw new IllegalArgumentException(
                    "devices " + devices + ", batch size " + batchSize + ", pairs per step " + pairsPerStep);
        }
    }

    /** Returns full training of one pair at a time on one device, branched, activations kept, live reference. */
    public static PlanSettings of(boolean narrow) {
        return new PlanSettings(
                true,
                ReferenceSettings.Mode.COPY,
                Set.of(),
                LoraSpec.NONE,
                Recompute.NONE,
                narrow,
                Shard.NONE,
                false,
                1,
                1,
                1);
    }

    /** Returns these settings in the other layout of a pair. */
    public PlanSettings withBranched(boolean newBranched) {
        return new PlanSettings(
                newBranched,
                reference,
                frozen,
                lora,
                recompute,
                narrow,
                shard,
                offload,
                devices,
                batchSize,
                pairsPerStep);
    }

    /** Returns these settings with another source of the reference's log-probabilities. */
    public PlanSettings withReference(ReferenceSettings.Mode mode) {
        return new PlanSettings(
                branched, mode, frozen, lora, recompute, narrow, shard, offload, devices, batchSize, pairsPerStep);
    }

    /** Returns these settings with another choice of what is kept. */
    public PlanSettings withRecompute(Recompute choice) {
        return new PlanSettings(
                branched, reference, frozen, lora, choice, narrow, shard, offload, devices, batchSize, pairsPerStep);
    }

    /** Returns these settings with other parts trained. */
    public PlanSettings withTrained(Set<Part> newFrozen, LoraSpec adapters) {
        return new PlanSettings(
                branched,
                reference,
                newFrozen,
                adapters,
                recompute,
                narrow,
                shard,
                offload,
                devices,
                batchSize,
                pairsPerStep);
    }

    /** Returns these settings spread in another way. */
    public PlanSettings withParallel(Shard newShard, boolean newOffload, int newDevices) {
        return new PlanSettings(
                branched,
                reference,
                frozen,
                lora,
                recompute,
                narrow,
                newShard,
                newOffload,
                newDevices,
                batchSize,
                pairsPerStep);
    }

    /** Returns these settings with other numbers of pairs. */
    public PlanSettings withPairs(int newBatchSize, int newPairsPerStep) {
        return new PlanSettings(
                branched,
                reference,
                frozen,
                lora,
                recompute,
                narrow,
                shard,
                offload,
                devices,
                newBatchSize,
                newPairsPerStep);
    }

    /** Returns the micro-batches of an optimizer step on each device. */
    double microBatches() {
        return Math.max(1, (double) pairsPerStep / devices / batchSize);
    }

    /** Returns whether the sums of gradients are divided among the devices. */
    boolean dividesGradients() {
        return shard != Shard.NONE && gradientsPass();
    }

    /** Returns whether the gradients of a whole stage exist only while they are computed and passed on. */
    boolean gradientsPass() {
        return offload || shard == Shard.FULL || (shard == Shard.OPTIMIZER && microBatches() <= 1);
    }

    /** Returns whether a part's own parameters are trained. */
    boolean trains(Part part) {
        return !frozen.contains(part) && !lora.adapts(part);
    }

    /** Returns whether anything in a part is trained, adapters included. */
    boolean hasGradients(Part part) {
        return !frozen.contains(part);
    }

    /** Returns whether a gradient passes through a part, for its own sake or for that of a part below. */
    boolean isDifferentiated(Part part) {
        return switch (part) {
            case VISION -> hasGradients(Part.VISION);
            case PROJECTOR -> hasGradients(Part.VISION) || hasGradients(Part.PROJECTOR);
            case LANGUAGE -> true;
        };
    }

    /** Returns the bytes of a weight or an activation. */
    int bytes() {
        return narrow ? 2 : 4;
    }
}
