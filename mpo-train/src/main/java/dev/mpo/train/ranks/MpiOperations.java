package dev.mpo.train.ranks;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.mpo.core.tensor.DType;

/**
 * Collective operations of MPI on memory of any size. MPI counts elements in 32 bits and its reductions take temporary
 * memory as large as their input, so large operations go in parts.
 */
final class MpiOperations {

    private final MpiLibrary mpi;
    private final int rank;
    private final int size;
    private final long partBytes;

    /**
     * Creates the operations.
     *
     * @param partBytes about how many bytes of a sum go into one call
     */
    MpiOperations(MpiLibrary mpi, Ranks ranks, long partBytes) {
        this.mpi = mpi;
        this.rank = ranks.rank();
        this.size = ranks.size();
        this.partBytes = partBytes;
    }

    void allReduceSum(long address, long count, DType type) {
        long most = partBytes / type.numBytes();
        for (long start = 0; start < count; start += most) {
            int n = (int) Math.min(most, count - start);
            Pointer part = new Pointer(address + start * type.numBytes());
            mpi.check(mpi.calls().MPI_Allreduce(MpiLibrary.IN_PLACE, part, n, mpi.type(type), mpi.sum(), mpi.world()));
        }
    }

    /** Sums {@code size * count} elements, of which this rank gets {@code count}. */
    void reduceScatterSum(long full, long shard, long count, DType type) {
        long most = Math.max(1, partBytes / type.numBytes() / size);
        boolean apart = shard < full || shard >= full + count * size * type.numBytes();
        if (apart && count <= most) {
            reduceScatter(new Pointer(full), new Pointer(shard), (int) count, type);
            return;
        }
        // The parts of the ranks lie far apart; one call takes them side by side.
        long perRank = Math.min(most, count) * type.numBytes();
        try (Memory packed = new Memory(perRank * size)) {
            for (long start = 0; start < count; start += most) {
                int n = (int) Math.min(most, count - start);
                for (int to = 0; to < size; to++) {
                    long from = full + (to * count + start) * type.numBytes();
                    copy(new Pointer(from), packed, (long) to * n * type.numBytes(), (long) n * type.numBytes());
                }
                reduceScatter(packed, new Pointer(shard + start * type.numBytes()), n, type);
            }
        }
    }

    private static void copy(Pointer source, Pointer target, long at, long bytes) {
        target.getByteBuffer(at, bytes).put(source.getByteBuffer(0, bytes));
    }

    private void reduceScatter(Pointer full, Pointer shard, int count, DType type) {
        mpi.check(mpi.calls().MPI_Reduce_scatter_block(full, shard, count, mpi.type(type), mpi.sum(), mpi.world()));
    }

    /** Gathers {@code bytes} bytes of every rank. */
    void allGather(long shard, long full, long bytes) {
        boolean inPlace = shard == full + rank * bytes;
        if (bytes <= Integer.MAX_VALUE) {
            gather(inPlace ? MpiLibrary.IN_PLACE : new Pointer(shard), new Pointer(full), (int) bytes);
            return;
        }
        // One after the other: the next best way without temporary memory, for shards beyond 2 GiB.
        if (!inPlace) {
            for (long start = 0; start < bytes; start += Integer.MAX_VALUE) {
                long n = Math.min(Integer.MAX_VALUE, bytes - start);
                copy(new Pointer(shard + start), new Pointer(full + rank * bytes + start), 0, n);
            }
        }
        for (int root = 0; root < size; root++) {
            broadcast(full + root * bytes, bytes, root);
        }
    }

    private void gather(Pointer shard, Pointer full, int bytes) {
        Pointer type = mpi.type(DType.UINT8);
        mpi.check(mpi.calls().MPI_Allgather(shard, bytes, type, full, bytes, type, mpi.world()));
    }

    void broadcast(long address, long bytes, int root) {
        Pointer type = mpi.type(DType.UINT8);
        for (long start = 0; start < bytes; start += Integer.MAX_VALUE) {
            int n = (int) Math.min(Integer.MAX_VALUE, bytes - start);
            mpi.check(mpi.calls().MPI_Bcast(new Pointer(address + start), n, type, root, mpi.world()));
        }
    }
}
