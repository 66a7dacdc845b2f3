package dev.mpo.tools.plan;

import dev.mpo.core.model.Recompute;
import dev.mpo.train.config.ParallelSettings.Shard;

/**
 * Estimates the speed of training: arithmetic at the achieved rate of the device, and what the computation cannot hide
 * of the exchange between devices and of the passage of offloaded state.
 */
public final class TimeModel {

    private static final double TERA = 1e12;
    private static final int SINGLE = 4;
    private static final double BACKWARD_SHARE = 2.0 / 3;

    private final MemoryModel memory;
    private final DeviceSpec device;

    /** Creates the model of an architecture on a kind of device. */
    public TimeModel(MemoryModel memory, DeviceSpec device) {
        this.memory = memory;
        this.device = device;
    }

    /**
     * The time of one optimizer step on each device, in seconds.
     *
     * @param compute arithmetic of all micro-batches
     * @param exchange communication between the devices
     * @param exposed the part of it that runs beside no arithmetic
     * @param offload passage of offloaded state
     */
    public record StepTime(double compute, double exchange, double exposed, double offload) {

        /** Returns the whole time. */
        public double total() {
            return compute + exposed + offload;
        }
    }

    /**
     * Returns the time of an optimizer step. Gradients that are exchanged once per step can hide behind the backward
     * pass of one micro-batch, updated weights behind the next forward pass; what every micro-batch exchanges can hide
     * behind all of them.
     */
    public StepTime step(PairFlops flops, PlanSettings settings) {
        double microBatch = settings.batchSize() * flops.total() / (device.teraflops() * TERA);
        double compute = settings.microBatches() * microBatch;
        double exchange = exchanged(settings, settings.microBatches()) / device.linkBytesPerSecond(settings.devices());
        double hiding = switch (settings.shard()) {
            case NONE -> BACKWARD_SHARE * microBatch;
            case OPTIMIZER -> microBatch;
            case FULL -> compute;
        };
        return new StepTime(compute, exchange, Math.max(0, exchange - hiding), offloadSeconds(settings));
    }

    /** Returns the pairs per second of all devices together. */
    double pairsPerSecond(PairFlops flops, PlanSettings settings) {
        return settings.microBatches()
                * settings.batchSize()
                * settings.devices()
                / step(flops, settings).total();
    }

    /** Bytes that each device sends in one optimizer step of {@code microBatches} micro-batches. */
    private double exchanged(PlanSettings settings, double microBatches) {
        if (settings.devices() == 1) {
            return 0;
        }
        double share = (settings.devices() - 1.0) / settings.devices();
        double trained = memory.numTrained(settings);
        double weights = (double) memory.numParameters(settings) * settings.bytes();
        double gradients = trained * SINGLE;
        return share
                * switch (settings.shard()) {
                    case NONE -> 2 * gradients;
                    case OPTIMIZER -> gradients + trained * settings.bytes();
                    case FULL -> microBatches * (gradients + gathers(settings) * weights);
                };
    }

    /**
     * How often a micro-batch gathers all weights: forward, again backward where nothing is kept, and for a live
     * reference.
     */
    private static int gathers(PlanSettings settings) {
        int policy = settings.recompute() == Recompute.FULL ? 2 : 1;
        return switch (settings.reference()) {
            case CACHED -> policy;
            case COPY, ADAPTER -> policy + 1;
        };
    }

    private double offloadSeconds(PlanSettings settings) {
        if (!settings.offload()) {
            return 0;
        }
        double split = settings.shard() == Shard.NONE ? 1 : settings.devices();
        double bytes = memory.numTrained(settings) * (double) (SINGLE + settings.bytes()) / split;
        return bytes / device.hostBytesPerSecond();
    }
}
