package dev.mpo.core.tensor;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets MKL, with which libtorch multiplies matrices on the CPU, use 512-bit vectors on AMD processors that have them.
 *
 * <p>MKL chooses its kernels by the vendor of the processor before it looks at what the processor can do, and on AMD's
 * takes those of half the width: matrix products at about half of the speed. The answer of its exported function
 * {@code mkl_serv_intel_cpu_true} is remembered in a variable, which is -1 until it is asked first. Replacing that
 * function with the help of the dynamic linker is the known remedy; setting the variable before anybody asks has the
 * same effect without native code of our own. What the processor can do MKL still asks the processor.
 *
 * <p>The variable has no name. Its address is read from the function's first instructions, and nothing is written
 * unless these, and the value, are exactly those that are known.
 */
final class MklDispatch {

    /** System property: {@code auto} (the default), or {@code vendor} to leave the choice to MKL. */
    static final String PROPERTY = "mpo.cpu.mkl";

    private static final Logger LOG = LoggerFactory.getLogger(MklDispatch.class);
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path MAPPED_FILES = Path.of("/proc/self/maps");
    private static final String FUNCTION = "mkl_serv_intel_cpu_true";
    private static final List<String> WIDE = List.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl");
    private static final int UNKNOWN = -1;

    /** Flags of {@code dlopen}: lazy, only what is loaded, and local. */
    private static final int LAZY_NO_LOAD = 1 | 4;

    private MklDispatch() {}

    /**
     * Does it where it helps. To be called when libtorch has been loaded and before it computes; later calls, and calls
     * where MKL has already chosen, have no effect.
     */
    static void widen() {
        if (!System.getProperty(PROPERTY, "auto").equals("auto")
                || !System.getProperty("os.arch").toLowerCase(Locale.ROOT).matches("amd64|x86_64")
                || !Files.isReadable(CPU_INFO)) {
            return;
        }
        try {
            if (wouldHelp(firstProcessor())) {
                Optional<Path> library = library();
                boolean done = library.isPresent() && widen(function(library.get()));
                LOG.debug("MKL {} 512-bit vectors on this AMD processor", done ? "may use" : "was not told to use");
            }
        } catch (IOException | LinkageError e) { // JNA may have been unable to unpack its library, now or before
            LOG.debug("MKL keeps its own choice of kernels", e);
        }
    }

    /** Reads as much of Linux' description as is about the first processor; there may be hundreds, all alike. */
    private static List<String> firstProcessor() throws IOException {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.takeWhile(line -> !line.isBlank()).toList();
        }
    }

    /** Decides by the lines of Linux' description of the processor. */
    static boolean wouldHelp(List<String> cpuInfo) {
        boolean amd = cpuInfo.stream().anyMatch(line -> line.startsWith("vendor_id") && line.contains("AuthenticAMD"));
        return amd
                && cpuInfo.stream()
                        .filter(line -> line.startsWith("flags"))
                        .findFirst()
                        .filter(line -> List.of(line.split("\\s+")).containsAll(WIDE))
                        .isPresent();
    }

    private static Optional<Path> library() throws IOException {
        try (Stream<String> lines = Files.lines(MAPPED_FILES)) {
            return lines.filter(line -> line.endsWith("/libtorch_cpu.so"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .findFirst();
        }
    }

    /**
     * Looks the function up without JNA's usual flag {@code RTLD_GLOBAL}: that would make libtorch's symbols visible to
     * libraries loaded later. SentencePiece's flags, for one, have the names of some in libc10 and would be built over
     * them.
     */
    private static Function function(Path library) {
        return NativeLibrary.getInstance(library.toString(), Map.of(Library.OPTION_OPEN_FLAGS, LAZY_NO_LOAD))
                .getFunction(FUNCTION);
    }

    /**
     * Sets the variable of a function that begins {@code mov eax, [rip + offset]; test eax, eax; js +1; ret}.
     *
     * @return whether the function and the variable were as expected
     */
    static boolean widen(Pointer function) {
        boolean known = function.getShort(0) == (short) 0x058B
                && function.getInt(6) == 0x0178C085
                && function.getByte(10) == (byte) 0xC3;
        if (!known) {
            return false;
        }
        int afterLoad = 6;
        Pointer variable = function.share(afterLoad + (long) function.getInt(2));
        if (variable.getInt(0) != UNKNOWN) {
            return false;
        }
        variable.setInt(0, 1);
        return true;
    }
}
