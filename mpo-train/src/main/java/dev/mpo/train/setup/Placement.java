package dev.mpo.train.setup;

import dev.mpo.core.ConfigException;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.train.config.TrainSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where models live and in which type they compute.
 *
 * <p>The CUDA device of the process's number, or the CPU if libtorch can use none. bf16 on CUDA unless
 * {@code train.precision} says otherwise; weights are then kept in single precision too, and gradients,
 * log-probabilities and the loss always are.
 *
 * @param device the device
 * @param compute the type of weights and activations in the layers
 */
public record Placement(Device device, DType compute) {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    /**
     * Chooses for one process of a run.
     *
     * @param localRank the number of the process among those of its machine: the device that it drives
     * @throws ConfigException if there are CUDA devices, but not that many
     */
    public static Placement of(TrainSettings settings, int localRank) {
        return of(settings.precision(), TorchRuntime.numGpus(), localRank);
    }

    /** Chooses for a model that is only used. */
    public static Placement of(TrainSettings.Precision precision) {
        return of(precision, TorchRuntime.numGpus(), 0);
    }

    static Placement of(TrainSettings.Precision precision, int numGpus, int localRank) {
        if (numGpus > 0 && localRank >= numGpus) {
            throw new ConfigException(
                    "process " + localRank + " of this machine has no CUDA device: there are " + numGpus
                            + "; start at most as many processes per machine (--devices, --ntasks-per-node), or give each"
                            + " process a device (--gpus-per-task)");
        }
        Device device = numGpus > 0 ? new Device("cuda:" + localRank) : Device.CPU;
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
