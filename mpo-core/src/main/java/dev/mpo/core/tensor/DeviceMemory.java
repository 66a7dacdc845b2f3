package dev.mpo.core.tensor;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.LongByReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongBinaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much memory a device has left. */
public final class DeviceMemory {

    private static final Logger LOG = LoggerFactory.getLogger(DeviceMemory.class);
    private static final List<String> CUDA_RUNTIMES = List.of("libcudart.so.12", "libcudart.so", "cudart");
    private static final Path HOST = Path.of("/proc/meminfo");

    private DeviceMemory() {}

    /**
     * Returns the bytes that new allocations can use: on the host without swapping, as Linux reports it; on a CUDA
     * device what its runtime library reports as free, which does not count what libtorch's allocator keeps for reuse.
     * Empty where the system does not tell.
     */
    public static OptionalLong available(Device device) {
        return device.isCpu() ? host() : cuda(device, (free, total) -> free);
    }

    /**
     * Returns the bytes of a CUDA device that are taken, by whichever process. What libtorch's allocator keeps for
     * reuse counts, and it gives nothing back by itself: the growth since before a measurement is the peak of that
     * measurement. Empty for the host and where the system does not tell.
     */
    public static OptionalLong taken(Device device) {
        return device.isCpu() ? OptionalLong.empty() : cuda(device, (free, total) -> total - free);
    }

    private static OptionalLong host() {
        try {
            return Files.exists(HOST)
                    ? available(Files.readAllLines(HOST, StandardCharsets.US_ASCII))
                    : OptionalLong.empty();
        } catch (IOException e) {
            LOG.debug("{} cannot be read", HOST, e);
            return OptionalLong.empty();
        }
    }

    /** Reads the lines of Linux' description of its memory. */
    static OptionalLong available(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst();
    }

    /** Asks the CUDA runtime, whose current device is then this one, as libtorch leaves it too. */
    private static OptionalLong cuda(Device device, LongBinaryOperator ofFreeAndTotal) {
        try {
            NativeLibrary runtime = runtime();
            int index = Integer.parseInt(device.name().replaceAll("\\D", ""));
            LongByReference free = new LongByReference();
            LongByReference total = new LongByReference();
            boolean known =
                    call(runtime, "cudaSetDevice", index) == 0 && call(runtime, "cudaMemGetInfo", free, total) == 0;
            return known
                    ? OptionalLong.of(ofFreeAndTotal.applyAsLong(free.getValue(), total.getValue()))
                    : OptionalLong.empty();
        } catch (LinkageError | RuntimeException e) {
            LOG.debug("memory of {} is unknown", device.name(), e);
            return OptionalLong.empty();
        }
    }

    private static int call(NativeLibrary runtime, String function, Object... arguments) {
        Function pointer = runtime.getFunction(function);
        return pointer.invokeInt(arguments);
    }

    private static NativeLibrary runtime() {
        UnsatisfiedLinkError last = new UnsatisfiedLinkError("no CUDA runtime library");
        for (String name : CUDA_RUNTIMES) {
            try {
                return NativeLibrary.getInstance(name);
            } catch (UnsatisfiedLinkError e) {
                last = e;
            }
        }
        throw last;
    }
}
