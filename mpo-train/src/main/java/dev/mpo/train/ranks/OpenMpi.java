package dev.mpo.train.ranks;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;

/** The functions of Open MPI's C interface that are used here; all but the version return an error code, 0 for none. */
interface OpenMpi extends Library {

    int MPI_Init_thread(Pointer argc, Pointer argv, int required, IntByReference provided);

    int MPI_Finalize();

    int MPI_Comm_rank(Pointer communicator, IntByReference rank);

    int MPI_Comm_size(Pointer communicator, IntByReference size);

    int MPI_Comm_set_errhandler(Pointer communicator, Pointer handler);

    int MPI_Get_library_version(byte[] text, IntByReference length);

    int MPI_Error_string(int code, byte[] text, IntByReference length);

    int MPI_Ibarrier(Pointer communicator, PointerByReference request);

    int MPI_Test(PointerByReference request, IntByReference flag, Pointer status);

    int MPI_Allreduce(Pointer send, Pointer receive, int count, Pointer type, Pointer operator, Pointer communicator);

    int MPI_Reduce_scatter_block(
            Pointer send, Pointer receive, int count, Pointer type, Pointer operator, Pointer communicator);

    int MPI_Allgather(
            Pointer send,
            int sendCount,
            Pointer sendType,
            Pointer receive,
            int receiveCount,
            Pointer receiveType,
            Pointer communicator);

    int MPI_Bcast(Pointer buffer, int count, Pointer type, int root, Pointer communicator);
}
