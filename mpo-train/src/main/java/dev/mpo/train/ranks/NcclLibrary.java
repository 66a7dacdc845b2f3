package dev.mpo.train.ranks;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.mpo.core.ConfigException;
import dev.mpo.core.RankFailedException;
import dev.mpo.core.tensor.DType;
import java.util.List;

/** NCCL and the CUDA runtime, loaded into this process, with the numbers of their header files. */
final class NcclLibrary {

    /** NCCL's number of the sum. */
    static final int SUM = 0;

    /** What NCCL's files beside libtorch begin with; some builds of libtorch carry it inside. */
    static final List<String> STEMS = List.of("libnccl", "libtorch_cuda");

    /** What the system's linker knows it by. */
    static final List<String> SYSTEM_NAMES = List.of("libnccl.so.2", "libnccl.so");

    private static final int NON_BLOCKING = 1;
    private static final int DISABLE_TIMING = 2;

    private final Nccl nccl;
    private final CudaRuntime cuda;

    NcclLibrary(Nccl nccl, CudaRuntime cuda) {
        this.nccl = nccl;
        this.cuda = cuda;
    }

    /**
     * Loads both libraries.
     *
     * @throws ConfigException naming the one that is missing
     */
    static NcclLibrary load(NativeFiles files) {
        CudaRuntime cuda = files.load(
                        CudaRuntime.class,
                        List.of("libcudart"),
                        List.of("libcudart.so.12", "libcudart.so.13", "libcudart.so"),
                        "cudaStreamWaitEvent")
                .orElseThrow(() -> missing("the CUDA runtime (libcudart.so.12)", files));
        Nccl nccl = files.load(Nccl.class, STEMS, SYSTEM_NAMES, "ncclCommInitRank")
                .orElseThrow(() -> missing("NCCL 2 (libnccl.so.2)", files));
        return new NcclLibrary(nccl, cuda);
    }

    private static ConfigException missing(String what, NativeFiles files) {
        return new ConfigException("several CUDA devices need " + what + ", which is not in " + files
                + ": install it (Debian: apt-get install libnccl2; clusters: module load nccl; or scripts/gpu-libs) and"
                + " add its folder to LD_LIBRARY_PATH");
    }

    Nccl nccl() {
        return nccl;
    }

    CudaRuntime cuda() {
        return cuda;
    }

    void setDevice(int device) {
        checkCuda(cuda.cudaSetDevice(device));
    }

    /** Creates a stream that runs beside the one that computes. */
    Pointer createStream() {
        PointerByReference stream = new PointerByReference();
        checkCuda(cuda.cudaStreamCreateWithFlags(stream, NON_BLOCKING));
        return stream.getValue();
    }

    /** Creates an event that happens when everything so far on a stream is done. */
    Pointer record(Pointer stream) {
        PointerByReference event = new PointerByReference();
        checkCuda(cuda.cudaEventCreateWithFlags(event, DISABLE_TIMING));
        checkCuda(cuda.cudaEventRecord(event.getValue(), stream));
        return event.getValue();
    }

    /** Lets everything that comes on a stream wait for an event. */
    void await(Pointer stream, Pointer event) {
        checkCuda(cuda.cudaStreamWaitEvent(stream, event, 0));
    }

    /** True once an event has happened. */
    boolean happened(Pointer event) {
        int code = cuda.cudaEventQuery(event);
        if (code == CudaRuntime.NOT_READY) {
            return false;
        }
        checkCuda(code);
        return true;
    }

    /** Frees an event; what waits for it goes on waiting. */
    void destroy(Pointer event) {
        checkCuda(cuda.cudaEventDestroy(event));
    }

    /** NCCL's number of a type. */
    static int type(DType type) {
        return switch (type) {
            case UINT8, BOOL -> 1;
            case INT32 -> 2;
            case INT64 -> 4;
            case FLOAT16 -> 6;
            case FLOAT32 -> 7;
            case FLOAT64 -> 8;
            case BFLOAT16 -> 9;
        };
    }

    void check(int code) {
        if (code != 0) {
            throw new RankFailedException("NCCL failed: " + nccl.ncclGetErrorString(code), 1);
        }
    }

    private void checkCuda(int code) {
        if (code != 0) {
            throw new RankFailedException("CUDA failed: " + cuda.cudaGetErrorString(code), 1);
        }
    }
}
