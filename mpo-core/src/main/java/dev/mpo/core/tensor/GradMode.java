package dev.mpo.core.tensor;

/** Autograd recording, switched on for the calling thread until closed. It is off otherwise. */
public final class GradMode implements AutoCloseable {

    private GradMode() {}

    /** Starts recording in this thread. */
    public static GradMode enable() {
        LibTorch.setGradMode(true);
        return new GradMode();
    }

    /** Stops recording. */
    @Override
    public void close() {
        LibTorch.setGradMode(false);
    }
}
