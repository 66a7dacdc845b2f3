package dev.mpo.train.ranks;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.mpo.core.RankFailedException;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.function.IntSupplier;

/**
 * Collectives by NCCL, on CUDA devices.
 *
 * <p>Operations go to a stream of their own, so that they run beside computation. An operation waits for what was
 * computed before the call, by an event; {@link Work#await} makes what is computed afterwards wait for the operation,
 * by another event, and never stops this thread. libtorch computes on the device's default stream, whose handle is
 * null. {@link NcclWatchdog} follows the operations from outside.
 */
final class NcclCollectives implements Collectives {

    private static final Pointer COMPUTE = Pointer.NULL;

    private final Ranks ranks;
    private final Device device;
    private final int index;
    private final NcclLibrary library;
    private final Pointer communicator;
    private final Pointer stream;
    private final RankEnd end;
    private final RankWatch watch;
    private final NcclWatchdog watchdog;

    private NcclCollectives(
            Ranks ranks,
            Device device,
            NcclLibrary library,
            Pointer communicator,
            RankEnd end,
            RankWatch watch,
            NcclWatchdog watchdog) {
        this.ranks = ranks;
        this.device = device;
        this.index = index(device);
        this.library = library;
        this.communicator = communicator;
        this.end = end;
        this.watch = watch;
        this.watchdog = watchdog;
        this.stream = library.createStream();
    }

    /** Loads the libraries and joins the other ranks. */
    static NcclCollectives open(Ranks ranks, Device device, WaitLimits limits) {
        NcclLibrary library = NcclLibrary.load(NativeFiles.ofLibtorch(System.getenv()));
        return open(ranks, device, limits, library, Rendezvous.of(System.getenv()));
    }

    /** As {@link #open(Ranks, Device, WaitLimits)}, with libraries and a place to meet that are known. */
    static NcclCollectives open(
            Ranks ranks, Device device, WaitLimits limits, NcclLibrary library, Rendezvous rendezvous) {
        library.setDevice(index(device));
        RankEnd end = new RankEnd(ranks);
        end.calledByThisThread();
        OperationTrack track = new OperationTrack();
        RankWatch.Self self = new RankWatch.Self(ranks, track::place, end::where, end::end);
        RankWatch watch = rendezvous.meet(self, () -> uniqueId(library), limits.busy(), limits);
        Nccl.UniqueId.ByValue id = new Nccl.UniqueId.ByValue();
        System.arraycopy(watch.content(), 0, id.internal, 0, id.internal.length);
        PointerByReference communicator = new PointerByReference();
        library.check(library.nccl().ncclCommInitRank(communicator, ranks.size(), id, ranks.rank()));
        NcclWatchdog watchdog =
                new NcclWatchdog(library, index(device), communicator.getValue(), track, limits.busy(), watch::stuck);
        return new NcclCollectives(ranks, device, library, communicator.getValue(), end, watch, watchdog);
    }

    private static byte[] uniqueId(NcclLibrary library) {
        Nccl.UniqueId id = new Nccl.UniqueId();
        library.check(library.nccl().ncclGetUniqueId(id));
        return id.internal.clone();
    }

    private static int index(Device device) {
        String name = device.name();
        return name.startsWith("cuda:") ? Integer.parseInt(name.substring("cuda:".length())) : 0;
    }

    @Override
    public Ranks ranks() {
        return ranks;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public Work allReduceSum(Tensor tensor) {
        Arguments.requireSummable(tensor);
        Pointer data = new Pointer(Tensors.address(tensor));
        long count = tensor.numel();
        int type = NcclLibrary.type(tensor.dtype());
        return together(
                "all-reduce",
                count,
                tensor.dtype(),
                () -> nccl().ncclAllReduce(data, data, count, type, NcclLibrary.SUM, communicator, stream));
    }

    @Override
    public Work reduceScatterSum(Tensor full, Tensor shard) {
        Arguments.requireSummable(full);
        Arguments.requireShards(full, shard, ranks.size());
        Pointer from = new Pointer(Tensors.address(full));
        Pointer to = new Pointer(Tensors.address(shard));
        long count = shard.numel();
        int type = NcclLibrary.type(full.dtype());
        return together(
                "reduce-scatter",
                count,
                full.dtype(),
                () -> nccl().ncclReduceScatter(from, to, count, type, NcclLibrary.SUM, communicator, stream));
    }

    @Override
    public Work allGather(Tensor shard, Tensor full) {
        Arguments.requireShards(full, shard, ranks.size());
        Pointer from = new Pointer(Tensors.address(shard));
        Pointer to = new Pointer(Tensors.address(full));
        long count = shard.numel();
        int type = NcclLibrary.type(shard.dtype());
        return together(
                "all-gather",
                count,
                shard.dtype(),
                () -> nccl().ncclAllGather(from, to, count, type, communicator, stream));
    }

    @Override
    public Work broadcast(Tensor tensor, int root) {
        Arguments.requireRank(root, ranks.size());
        Pointer data = new Pointer(Tensors.address(tensor));
        long count = tensor.numel();
        int type = NcclLibrary.type(tensor.dtype());
        return together(
                "broadcast",
                count,
                tensor.dtype(),
                () -> nccl().ncclBroadcast(data, data, count, type, root, communicator, stream));
    }

    private Nccl nccl() {
        return library.nccl();
    }

    /** Puts an operation on the stream between two events; an empty one is over at once, on every rank alike. */
    private Work together(String name, long count, DType type, IntSupplier operation) {
        end.calledByThisThread();
        watchdog.requireSound();
        if (count == 0) {
            return Work.DONE;
        }
        library.setDevice(index); // the choice of a thread, and callers may change theirs
        Pointer computed = library.record(COMPUTE);
        library.await(stream, computed);
        library.destroy(computed);
        Pointer started = library.record(stream);
        library.check(operation.getAsInt());
        NcclWatchdog.Pending pending =
                watchdog.follow(name + " of " + count + " x " + type, started, library.record(stream));
        return () -> complete(pending);
    }

    private void complete(NcclWatchdog.Pending pending) {
        watchdog.requireSound();
        library.setDevice(index);
        pending.use(event -> library.await(COMPUTE, event));
    }

    @Override
    public void fail(String reason, int exitCode) {
        end.leaveReport(reason, exitCode);
        watch.fail(exitCode, "rank " + ranks.rank() + ": " + reason);
    }

    @Override
    public void close() {
        if (watchdog.failure() != null) {
            watch.fail(1, "rank " + ranks.rank() + ": an exchange of tensors failed; see its own output");
            nccl().ncclCommAbort(communicator);
            return;
        }
        barrier();
        watchdog.close();
        watch.close();
        int code = nccl().ncclCommDestroy(communicator);
        library.cuda().cudaStreamDestroy(stream);
        library.check(code);
    }

    /** Reads the error that NCCL met in the background, 0 for none. */
    static int asyncError(Nccl nccl, Pointer communicator) {
        IntByReference error = new IntByReference();
        int code = nccl.ncclCommGetAsyncError(communicator, error);
        return code == 0 ? error.getValue() : code;
    }

    /** The failure of an operation that NCCL reports in the background. */
    static RankFailedException failed(String message) {
        return new RankFailedException(message, 1);
    }
}
