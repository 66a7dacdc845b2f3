package dev.mpo.train.setup;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.train.config.TrainSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where models live and in which type they compute.
 *
 * <p>The first CUDA device that libtorch can use, or the CPU. bf16 on CUDA unless {@code train.precision} says
 * otherwise; weights are then kept in single precision too, and gradients, log-probabilities and the loss always are.
 *
 * @param device the device
 * @param compute the type of weights and activations in the layers
 */
public record Placement(Device device, DType compute) {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    /** Chooses for a run. */
    public static Placement of(TrainSettings settings) {
        return of(settings.precision(), TorchRuntime.numGpus());
    }

    /** Chooses for a model that is only used. */
    public static Placement of(TrainSettings.Precision precision) {
        return of(precision, TorchRuntime.numGpus());
    }

    static Placement of(TrainSettings.Precision precision, int numGpus) {
        Device device = numGpus > 0 ? new Device("cuda:0") : Device.CPU;
        boolean half = switch (precision) {
            case AUTO -> !device.isCpu();
            case BF16 -> true;
            case FP32 -> false;
        };
        if (half && device.isCpu()) {
            LOG.warn(
                    "train.precision: bf16 on the CPU is slower than fp32 and less exact; it is meant for trying things");
        }
        return new Placement(device, half ? DType.BFLOAT16 : DType.FLOAT32);
    }
}
