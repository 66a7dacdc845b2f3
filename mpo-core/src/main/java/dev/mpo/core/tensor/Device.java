package dev.mpo.core.tensor;

/**
 * A place where tensors live and operators run.
 *
 * @param name libtorch's name for it: {@code cpu} or {@code cuda:0}
 */
public record Device(String name) {

    /** The host processor. */
    public static final Device CPU = new Device("cpu");

    /** Returns whether this is the host processor. */
    public boolean isCpu() {
        return name.equals("cpu");
    }
}
