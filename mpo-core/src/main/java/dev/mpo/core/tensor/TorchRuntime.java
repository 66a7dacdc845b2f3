package dev.mpo.core.tensor;

/** Process-wide settings and facts of the tensor library. */
public final class TorchRuntime {

    private TorchRuntime() {}

    /** Sets how many threads an operator may use on the CPU; overrides {@code OMP_NUM_THREADS}. */
    public static void setNumThreads(int numThreads) {
        LibTorch.setNumThreads(numThreads);
    }

    /** Returns how many threads an operator may use on the CPU. */
    public static int numThreads() {
        return LibTorch.numThreads();
    }

    /**
     * Waits until a device has done everything that was asked of it: operators on a GPU only start it. Returns at once
     * for the host.
     */
    public static void synchronize(Device device) {
        if (!device.isCpu()) {
            try (Scope scope = new Scope()) {
                Tensors.zeros(scope, device, DType.FLOAT32, 1).item(); // reading a value waits for what is before it
            }
        }
    }

    /** Returns how many CUDA devices the loaded libtorch can use: 0 with its CPU build, whatever the machine has. */
    public static int numGpus() {
        return LibTorch.numGpus();
    }
}
