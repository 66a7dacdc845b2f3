package dev.mpo.train.ranks;

import com.sun.jna.ptr.PointerByReference;
import dev.mpo.core.RankFailedException;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Collectives by Open MPI, on the CPU.
 *
 * <p>One thread makes all calls of MPI, in the order in which they were asked for. Before each operation it waits until
 * all ranks are there, asleep most of the time: MPI's own waiting would keep a core busy that the computation needs. A
 * {@link RankWatch} tells of ranks that die, fail or hang.
 */
final class MpiCollectives implements Collectives {

    private static final long PART_BYTES =
            2 << 20; // larger parts make MPI allocate and touch fresh memory for every sum
    private static final int POLLS_WITHOUT_SLEEP = 50;
    private static final long SLEEP_NANOS = 50_000;
    private static final long LONGEST_SLEEP_NANOS = 1_000_000;
    private static final long BLAME_NANOS = 5_000_000_000L;

    private final Ranks ranks;
    private final MpiLibrary mpi;
    private final MpiOperations operations;
    private final OperationThread thread;
    private final WaitLimits limits;
    private final RankEnd end;
    private final OperationTrack track = new OperationTrack();
    private volatile @Nullable RankWatch watch;

    private MpiCollectives(Ranks ranks, MpiLibrary mpi, WaitLimits limits) {
        this.ranks = ranks;
        this.mpi = mpi;
        this.operations = new MpiOperations(mpi, ranks, PART_BYTES);
        this.limits = limits;
        this.thread = new OperationThread("mpi");
        this.end = new RankEnd(ranks);
    }

    /** Joins the other ranks. */
    static MpiCollectives open(Ranks ranks, WaitLimits limits) {
        MpiCollectives collectives = new MpiCollectives(ranks, MpiLibrary.load(), limits);
        collectives.end.calledByThisThread();
        collectives
                .thread
                .submit("start of MPI", () -> collectives.mpi.start(ranks))
                .await();
        RankWatch.Self self =
                new RankWatch.Self(ranks, collectives.track::place, collectives.end::where, collectives.end::end);
        collectives.watch = WatchMeeting.over(collectives, self, limits).orElse(null);
        return collectives;
    }

    @Override
    public Ranks ranks() {
        return ranks;
    }

    @Override
    public Device device() {
        return Device.CPU;
    }

    @Override
    public Work allReduceSum(Tensor tensor) {
        Arguments.requireSummable(tensor);
        long address = Tensors.address(tensor);
        long count = tensor.numel();
        DType type = tensor.dtype();
        return together("all-reduce", count, type, () -> operations.allReduceSum(address, count, type));
    }

    @Override
    public Work reduceScatterSum(Tensor full, Tensor shard) {
        Arguments.requireSummable(full);
        Arguments.requireShards(full, shard, ranks.size());
        long from = Tensors.address(full);
        long to = Tensors.address(shard);
        long count = shard.numel();
        DType type = full.dtype();
        return together("reduce-scatter", count, type, () -> operations.reduceScatterSum(from, to, count, type));
    }

    @Override
    public Work allGather(Tensor shard, Tensor full) {
        Arguments.requireShards(full, shard, ranks.size());
        long from = Tensors.address(shard);
        long to = Tensors.address(full);
        long count = shard.numel();
        long bytes = count * shard.dtype().numBytes();
        return together("all-gather", count, shard.dtype(), () -> operations.allGather(from, to, bytes));
    }

    @Override
    public Work broadcast(Tensor tensor, int root) {
        Arguments.requireRank(root, ranks.size());
        long address = Tensors.address(tensor);
        long bytes = tensor.numel() * tensor.dtype().numBytes();
        return together("broadcast", tensor.numel(), tensor.dtype(), () -> operations.broadcast(address, bytes, root));
    }

    private Work together(String name, long count, DType type, Runnable operation) {
        end.calledByThisThread();
        return thread.submit(name + " of " + count + " x " + type, () -> {
            awaitOthers(name + " of " + count + " x " + type);
            if (count > 0) {
                operation.run();
            }
        });
    }

    @Override
    public void barrier() {
        end.calledByThisThread();
        thread.submit("barrier", () -> awaitOthers("barrier")).await();
    }

    private void awaitOthers(String name) {
        OperationPlace here = track.come(name);
        PointerByReference meeting = mpi.meet();
        long sleep = SLEEP_NANOS;
        for (int polls = 0; !mpi.over(meeting); polls++) {
            if (polls < POLLS_WITHOUT_SLEEP) {
                Thread.onSpinWait();
                continue;
            }
            LockSupport.parkNanos(sleep);
            sleep = Math.min(sleep * 2, LONGEST_SLEEP_NANOS);
            if (System.nanoTime() - here.sinceNanos() > limits.busy().toNanos()) {
                giveUp(here);
            }
        }
        track.pass();
    }

    private void giveUp(OperationPlace here) {
        RankWatch known = watch;
        if (known != null) {
            known.stuck(here.arrived(), here.operation(), limits.busy());
            LockSupport.parkNanos(BLAME_NANOS); // the answer ends this process
        }
        throw new RankFailedException(
                "rank " + ranks.rank() + " waited " + limits.busy().toSeconds() + " s for the others in "
                        + here.operation(),
                1);
    }

    @Override
    public void fail(String reason, int exitCode) {
        end.leaveReport(reason, exitCode);
        RankWatch known = watch;
        if (known != null) { // where there is none, mpirun and srun end the other ranks
            known.fail(exitCode, "rank " + ranks.rank() + ": " + reason);
        }
    }

    @Override
    public void close() {
        RankWatch known = watch;
        if (!thread.failed()) {
            barrier();
            if (known != null) {
                known.close();
            }
            thread.submit("end of MPI", mpi::stop).await();
        } else if (known != null) {
            known.fail(1, "rank " + ranks.rank() + ": an exchange of tensors failed; see its own output");
        }
        thread.close();
    }
}
