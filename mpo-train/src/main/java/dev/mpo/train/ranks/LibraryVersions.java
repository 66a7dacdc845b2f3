package dev.mpo.train.ranks;

import com.sun.jna.ptr.IntByReference;
import dev.mpo.core.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The versions of the libraries that exchange tensors, as far as they can be loaded here. Nothing is started. */
public final class LibraryVersions {

    private static final int TEXT_BYTES = 8192;
    private static final int MAJOR = 10_000;
    private static final int MINOR = 100;

    private LibraryVersions() {}

    /**
     * Returns NCCL's version, such as {@code 2.23.4}; empty if it cannot be loaded.
     *
     * @param environment says where libtorch is
     */
    public static Optional<String> nccl(Map<String, String> environment) {
        return nccl(NativeFiles.ofLibtorch(environment));
    }

    static Optional<String> nccl(NativeFiles files) {
        return files.load(Nccl.class, NcclLibrary.STEMS, NcclLibrary.SYSTEM_NAMES, "ncclGetVersion")
                .map(nccl -> {
                    IntByReference version = new IntByReference();
                    int code = nccl.ncclGetVersion(version);
                    int value = version.getValue();
                    return code != 0
                            ? "unknown (" + nccl.ncclGetErrorString(code) + ")"
                            : value / MAJOR + "." + value % MAJOR / MINOR + "." + value % MINOR;
                });
    }

    /** Returns what the MPI library calls itself; empty if none can be loaded. */
    public static Optional<String> mpi() {
        try {
            byte[] text = new byte[TEXT_BYTES];
            IntByReference length = new IntByReference();
            MpiLibrary.load().calls().MPI_Get_library_version(text, length);
            String all = new String(text, 0, Math.min(length.getValue(), text.length), StandardCharsets.UTF_8);
            return Optional.of(List.of(all.split("[,\\x00]", -1)).get(0).strip());
        } catch (ConfigException | UnsatisfiedLinkError missing) {
            return Optional.empty();
        }
    }
}
