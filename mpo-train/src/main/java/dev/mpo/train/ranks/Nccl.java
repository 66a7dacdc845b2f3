package dev.mpo.train.ranks;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * The functions of NCCL's C interface that are used here. Counts are those of elements, types and operators are numbers
 * of {@code nccl.h}, streams are CUDA's. All but the texts return an error code, 0 for none.
 */
interface Nccl extends Library {

    int ncclGetVersion(IntByReference version);

    int ncclGetUniqueId(UniqueId id);

    int ncclCommInitRank(PointerByReference communicator, int size, UniqueId.ByValue id, int rank);

    int ncclCommGetAsyncError(Pointer communicator, IntByReference error);

    int ncclCommAbort(Pointer communicator);

    int ncclCommDestroy(Pointer communicator);

    int ncclAllReduce(
            Pointer send, Pointer receive, long count, int type, int operator, Pointer communicator, Pointer stream);

    int ncclReduceScatter(
            Pointer send,
            Pointer receive,
            long receiveCount,
            int type,
            int operator,
            Pointer communicator,
            Pointer stream);

    int ncclAllGather(Pointer send, Pointer receive, long sendCount, int type, Pointer communicator, Pointer stream);

    int ncclBroadcast(
            Pointer send, Pointer receive, long count, int type, int root, Pointer communicator, Pointer stream);

    String ncclGetErrorString(int code);

    /** The 128 bytes by which the ranks of a communicator find each other. */
    @Structure.FieldOrder("internal")
    class UniqueId extends Structure {

        /** How long it is. */
        static final int BYTES = 128;

        /** Its content, which only NCCL understands. */
        public byte[] internal = new byte[BYTES];

        /** The same, handed to functions as a value. */
        public static final class ByValue extends UniqueId implements Structure.ByValue {}
    }
}
