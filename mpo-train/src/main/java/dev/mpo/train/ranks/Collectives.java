package dev.mpo.train.ranks;

import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Tensor;

/**
 * What the ranks of a run do together.
 *
 * <p>Every rank makes the same calls in the same order. Operations on tensors start in that order and run while the
 * caller goes on; {@link Work#await} completes one. Until then its tensors must stay alive and untouched: another
 * operation may use them, another thread must not. Tensors are contiguous, on the device of the rank, of any size,
 * empty ones included; sums take float32 and float64, everything else any type, the same on all ranks. Every rank gets
 * the same bits.
 *
 * <p>Calls come from one thread at a time. The other methods take small values of the host and return when all ranks
 * have made the call.
 */
public interface Collectives extends AutoCloseable {

    /** The place of this process in the run. */
    Ranks ranks();

    /** The number of this process, from 0. */
    default int rank() {
        return ranks().rank();
    }

    /** The number of processes. */
    default int size() {
        return ranks().size();
    }

    /** The device whose tensors are exchanged. */
    Device device();

    /** Replaces the elements by their sums over the ranks. */
    Work allReduceSum(Tensor tensor);

    /**
     * Sums over the ranks and gives each rank its part of the sums.
     *
     * @param full the summands, {@code size} times as many as {@code shard} has; unchanged unless {@code shard} is a
     *     part of it
     * @param shard gets elements {@code rank * n} to {@code (rank + 1) * n}; may be just these elements of {@code full}
     */
    Work reduceScatterSum(Tensor full, Tensor shard);

    /**
     * Gives every rank the shards of all.
     *
     * @param shard what this rank contributes; may be its own part of {@code full}
     * @param full gets the shards in rank order
     */
    Work allGather(Tensor shard, Tensor full);

    /** Replaces the elements by those of one rank. */
    Work broadcast(Tensor tensor, int root);

    /** Returns the element-wise sums over the ranks, added in rank order. */
    default double[] allReduceSum(double[] values) {
        return new HostValues(this).reduce(values, Double::sum);
    }

    /** Returns the element-wise largest values over the ranks. */
    default double[] allReduceMax(double[] values) {
        return new HostValues(this).reduce(values, Math::max);
    }

    /** Returns the values of all ranks in rank order; every rank gives equally many. */
    default double[] allGather(double[] values) {
        return new HostValues(this).gather(values);
    }

    /** Returns the messages of all ranks in rank order; their lengths may differ. */
    default byte[][] allGather(byte[] message) {
        return new HostValues(this).gather(message);
    }

    /** Returns the message of one rank; what the others pass does not matter. */
    default byte[] broadcast(byte[] message, int root) {
        return new HostValues(this).broadcast(message, root);
    }

    /** Returns when every rank has called it. */
    default void barrier() {
        allGather(new double[1]);
    }

    /**
     * Tells every other rank that this one fails, so that they end with its error and its exit code instead of waiting
     * for it. Returns soon; the caller then ends this process, and calls nothing else here.
     *
     * @param reason the error that every rank reports
     * @param exitCode the exit code of every process
     */
    void fail(String reason, int exitCode);

    /** Leaves the run when all ranks do. After a failure it returns at once. */
    @Override
    void close();

    /**
     * Opens the collectives that suit the ranks and their devices: none for one rank, NCCL for CUDA, MPI for the CPU.
     *
     * @param ranks the place of this process, from {@link Ranks#discover}
     * @param device the device of this process
     * @param limits how long ranks wait for one that does not come before the run ends
     * @throws dev.mpo.core.ConfigException naming the library that is missing and how to install it, or the launcher to
     *     use
     */
    static Collectives open(Ranks ranks, Device device, WaitLimits limits) {
        if (ranks.size() == 1) {
            return new SingleRank(device);
        }
        return device.isCpu() ? MpiCollectives.open(ranks, limits) : NcclCollectives.open(ranks, device, limits);
    }
}
