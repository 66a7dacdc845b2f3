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

    /** Returns how many CUDA devices the loaded libtorch can use: 0 with its CPU build, whatever the machine has. */
    public static int numGpus() {
        return LibTorch.numGpus();
    }
}
