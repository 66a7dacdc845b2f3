package dev.mpo.train.plan;

import dev.mpo.core.model.Recompute;
import dev.mpo.train.config.ParallelSettings.Shard;

/**
 * Estimates the speed of training: arithmetic at the achieved rate of the device, or the exchange between devices where
 * that takes longer, since it happens meanwhile; then, once per optimizer step, the passage of offloaded state.
 */
final class TimeModel {

    private static final double TERA = 1e12;
    private static final int SINGLE = 4;

    private final MemoryModel memory;
    private final DeviceSpec device;

    TimeModel(MemoryModel memory, DeviceSpec device) {
        this.memory = memory;
        this.device = device;
    }

    /** Returns the pairs per second of all devices together. */
    double pairsPerSecond(PairFlops flops, PlanSettings settings) {
        double microBatch = settings.batchSize() * flops.total() / (device.teraflops() * TERA);
        double perDevice = Math.max(1, (double) settings.pairsPerStep() / settings.devices() / settings.batchSize());
        double exchange = exchanged(settings, perDevice) / device.linkBytesPerSecond();
        double step = Math.max(perDevice * microBatch, exchange) + offloadSeconds(settings);
        return perDevice * settings.batchSize() * settings.devices() / step;
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

    /** How often a micro-batch gathers all weights: forward, backward, and the copies of a live reference. */
    private static int gathers(PlanSettings settings) {
        int policy = settings.recompute() == Recompute.FULL ? 3 : 2;
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
