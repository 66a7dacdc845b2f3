package dev.mpo.core.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the host processor is good at. */
public final class CpuFeatures {

    /** System property that chooses the matrix library: {@code mkl} (the default), {@code onednn}, or {@code auto}. */
    public static final String MATRIX_LIBRARY = "mpo.cpu.matrix";

    private static final Logger LOG = LoggerFactory.getLogger(CpuFeatures.class);

    private CpuFeatures() {}

    /**
     * Returns whether single-precision matrices are multiplied by oneDNN instead of MKL. With {@code auto}, on AMD
     * processors with 512-bit vectors, of which MKL uses half; the answer then depends on the processor alone, so that
     * results repeat.
     */
    public static boolean prefersOneDnn() {
        String wish = System.getProperty(MATRIX_LIBRARY, "mkl");
        if (!wish.equals("auto")) {
            return wish.equals("onednn");
        }
        Path description = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(description)) {
            return false;
        }
        try {
            return prefersOneDnn(Files.readAllLines(description));
        } catch (IOException e) {
            LOG.debug("{} cannot be read; matrices are multiplied with the library's default", description, e);
            return false;
        }
    }

    /** Decides by the lines of Linux' description of the processor. */
    static boolean prefersOneDnn(List<String> cpuInfo) {
        boolean amd = cpuInfo.stream().anyMatch(line -> line.startsWith("vendor_id") && line.contains("AuthenticAMD"));
        boolean wide = cpuInfo.stream().anyMatch(line -> line.startsWith("flags") && line.contains(" avx512f"));
        return amd && wide;
    }
}
