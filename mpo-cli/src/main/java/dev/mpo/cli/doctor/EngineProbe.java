package dev.mpo.cli.doctor;

import ai.djl.util.Platform;
import java.nio.file.Path;
import java.util.Map;

/** Loads the tensor library, as training would, and says which one it is. */
public final class EngineProbe {

    private static final String NAME = "PyTorch";

    private EngineProbe() {}

    /**
     * The tensor library of this process.
     *
     * @param loaded true if its native code could be loaded
     * @param version the version of libtorch; empty if it could not be loaded
     * @param flavor cpu, or cu and the CUDA version that the native code was built for
     * @param source where the native code came from
     * @param accelerators the number of graphics processors that it can use
     * @param failure why it could not be loaded; empty if it could
     */
    public record Engine(
            boolean loaded, String version, String flavor, String source, int accelerators, String failure) {

        /** True if this native code can compute on a graphics processor. */
        public boolean supportsCuda() {
            return flavor.startsWith("cu");
        }
    }

    /** Loads the library and reports the outcome; never throws. */
    public static Engine probe(Map<String, String> environment) {
        try {
            ai.djl.engine.Engine engine = ai.djl.engine.Engine.getEngine(NAME);
            Origin origin = origin(environment);
            return new Engine(true, engine.getVersion(), origin.flavor(), origin.source(), engine.getGpuCount(), "");
        } catch (RuntimeException | LinkageError e) {
            Origin origin = origin(environment);
            return new Engine(false, "", origin.flavor(), origin.source(), 0, rootMessage(e));
        }
    }

    /** The folder where native code from a jar is unpacked once. */
    public static Path cacheFolder(Map<String, String> environment) {
        for (String name : new String[] {"ENGINE_CACHE_DIR", "DJL_CACHE_DIR"}) {
            String folder = environment.getOrDefault(name, "");
            if (!folder.isBlank()) {
                return Path.of(folder);
            }
        }
        return Path.of(System.getProperty("user.home"), ".djl.ai");
    }

    private record Origin(String flavor, String source) {}

    private static Origin origin(Map<String, String> environment) {
        String folder = environment.getOrDefault("PYTORCH_LIBRARY_PATH", "");
        if (!folder.isBlank()) {
            return new Origin(environment.getOrDefault("PYTORCH_FLAVOR", "unknown"), "PYTORCH_LIBRARY_PATH=" + folder);
        }
        try {
            Platform platform = Platform.detectPlatform("pytorch");
            String source = platform.isPlaceholder() ? "download" : "jar on the class path";
            return new Origin(platform.getFlavor(), source + " (" + platform.getClassifier() + ")");
        } catch (RuntimeException e) {
            return new Origin("unknown", "none found: " + rootMessage(e));
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
