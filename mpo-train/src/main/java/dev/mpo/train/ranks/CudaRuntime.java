package dev.mpo.train.ranks;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;

/** The functions of CUDA's runtime that order work on streams; all but the text return an error code, 0 for none. */
interface CudaRuntime extends Library {

    /** Code of an event that has not happened yet. */
    int NOT_READY = 600;

    int cudaSetDevice(int device);

    int cudaStreamCreateWithFlags(PointerByReference stream, int flags);

    int cudaStreamDestroy(Pointer stream);

    int cudaStreamWaitEvent(Pointer stream, Pointer event, int flags);

    int cudaEventCreateWithFlags(PointerByReference event, int flags);

    int cudaEventRecord(Pointer event, Pointer stream);

    int cudaEventQuery(Pointer event);

    int cudaEventDestroy(Pointer event);

    String cudaGetErrorString(int code);
}
