package dev.mpo.train.ranks;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.mpo.core.ConfigException;
import dev.mpo.core.RankFailedException;
import dev.mpo.core.tensor.DType;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Open MPI, loaded into this process: its functions and the constants that a C program finds in {@code mpi.h}. */
final class MpiLibrary {

    /** The library's file name in Open MPI 4 and 5. */
    static final String FILE = "libmpi.so.40";

    private static final int LAZY_AND_GLOBAL = 0x1 | 0x100; // Open MPI's plug-ins look its symbols up globally
    private static final int THREAD_FUNNELED = 1;
    private static final int MAX_ERROR_STRING = 256;

    static final Pointer IN_PLACE = Pointer.createConstant(1);

    private final OpenMpi calls;
    private final NativeLibrary symbols;
    private final Pointer world;

    private MpiLibrary(OpenMpi calls, NativeLibrary symbols) {
        this.calls = calls;
        this.symbols = symbols;
        this.world = symbols.getGlobalVariableAddress("ompi_mpi_comm_world");
    }

    /**
     * Loads the library without starting it.
     *
     * @throws ConfigException if it is missing, or is another MPI
     */
    static MpiLibrary load() {
        Map<String, Object> options = Map.of(Library.OPTION_OPEN_FLAGS, LAZY_AND_GLOBAL);
        try {
            OpenMpi calls = Native.load(FILE, OpenMpi.class, options);
            return new MpiLibrary(calls, NativeLibrary.getInstance(FILE, options));
        } catch (UnsatisfiedLinkError e) {
            throw new ConfigException(
                    "several processes on CPUs need Open MPI 4 or 5, and " + FILE
                            + " cannot be loaded: install it (Debian: apt-get install openmpi-bin; clusters: module load"
                            + " openmpi) or add its folder to LD_LIBRARY_PATH (" + e.getMessage() + ")",
                    e);
        }
    }

    OpenMpi calls() {
        return calls;
    }

    Pointer world() {
        return world;
    }

    Pointer type(DType type) {
        return switch (type) {
            case FLOAT32 -> symbols.getGlobalVariableAddress("ompi_mpi_float");
            case FLOAT64 -> symbols.getGlobalVariableAddress("ompi_mpi_double");
            default -> symbols.getGlobalVariableAddress("ompi_mpi_byte");
        };
    }

    Pointer sum() {
        return symbols.getGlobalVariableAddress("ompi_mpi_op_sum");
    }

    /**
     * Joins the other processes. From now on all calls come from this thread.
     *
     * @throws ConfigException if MPI sees other ranks than the variables told
     */
    void start(Ranks expected) {
        check(calls.MPI_Init_thread(Pointer.NULL, Pointer.NULL, THREAD_FUNNELED, new IntByReference()));
        Pointer returnErrors = symbols.getGlobalVariableAddress("ompi_mpi_errors_return");
        check(calls.MPI_Comm_set_errhandler(world, returnErrors));
        IntByReference number = new IntByReference();
        check(calls.MPI_Comm_rank(world, number));
        int rank = number.getValue();
        check(calls.MPI_Comm_size(world, number));
        int size = number.getValue();
        if (rank != expected.rank() || size != expected.size()) {
            throw new ConfigException("this is rank " + expected.rank() + " of " + expected.size()
                    + " by the environment, and rank " + rank + " of " + size
                    + " by MPI: start the ranks with mpirun, with srun --mpi=pmix, or with --devices N");
        }
    }

    /** Starts a meeting of all ranks, which {@link #over} tells the end of. */
    PointerByReference meet() {
        PointerByReference request = new PointerByReference();
        check(calls.MPI_Ibarrier(world, request));
        return request;
    }

    /** True once all ranks have come to the meeting. */
    boolean over(PointerByReference meeting) {
        IntByReference flag = new IntByReference();
        check(calls.MPI_Test(meeting, flag, Pointer.NULL));
        return flag.getValue() != 0;
    }

    /** Leaves the other processes, when they do. */
    void stop() {
        check(calls.MPI_Finalize());
    }

    void check(int code) {
        if (code == 0) {
            return;
        }
        byte[] text = new byte[MAX_ERROR_STRING];
        IntByReference length = new IntByReference();
        calls.MPI_Error_string(code, text, length);
        String message = new String(text, 0, Math.min(length.getValue(), text.length), StandardCharsets.UTF_8);
        throw new RankFailedException("MPI failed: " + message, 1);
    }
}
