package dev.mpo.train.ranks;

import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;

/** The collectives of a run with one process: every sum is the value itself. */
public final class SingleRank implements Collectives {

    private final Device device;

    /** Creates the collectives of a process that drives one device. */
    public SingleRank(Device device) {
        this.device = device;
    }

    @Override
    public Ranks ranks() {
        return Ranks.single();
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public Work allReduceSum(Tensor tensor) {
        Arguments.requireSummable(tensor);
        return Work.DONE;
    }

    @Override
    public Work reduceScatterSum(Tensor full, Tensor shard) {
        Arguments.requireSummable(full);
        return copy(full, shard);
    }

    @Override
    public Work allGather(Tensor shard, Tensor full) {
        return copy(shard, full);
    }

    private static Work copy(Tensor source, Tensor target) {
        Arguments.requireShards(target, source, 1);
        if (Tensors.address(source) != Tensors.address(target)) {
            Tensors.copy(source, target);
        }
        return Work.DONE;
    }

    @Override
    public Work broadcast(Tensor tensor, int root) {
        Arguments.requireRank(root, 1);
        return Work.DONE;
    }

    /** Does nothing: there is nobody else to tell. */
    @Override
    public void fail(String reason, int exitCode) {}

    @Override
    public void close() {}
}
