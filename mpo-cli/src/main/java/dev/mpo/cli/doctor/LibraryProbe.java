package dev.mpo.cli.doctor;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Looks for shared libraries where the dynamic linker would find them, without loading them. */
public final class LibraryProbe {

    private static final List<String> STANDARD_FOLDERS = List.of(
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/usr/local/lib",
            "/usr/local/cuda/lib64",
            "/usr/lib/x86_64-linux-gnu/openmpi/lib");

    private final Map<String, String> environment;
    private final List<String> linkerCache;

    private LibraryProbe(Map<String, String> environment, List<String> linkerCache) {
        this.environment = Map.copyOf(environment);
        this.linkerCache = List.copyOf(linkerCache);
    }

    /**
     * A shared library that is needed for some ways of training.
     *
     * @param file its file name, such as libnccl.so.2
     * @param purpose what needs it
     * @param path where it was found; empty if it was not
     */
    public record Library(String file, String purpose, String path) {

        /** True if the library was found. */
        public boolean found() {
            return !path.isEmpty();
        }
    }

    /** A probe for this process: its library path, the linker's cache, then the usual folders. */
    public static LibraryProbe ofThisMachine() {
        List<String> cache = Stream.of("ldconfig", "/sbin/ldconfig")
                .map(program -> Processes.lines(program, "-p"))
                .filter(lines -> !lines.isEmpty())
                .findFirst()
                .orElse(List.of());
        return new LibraryProbe(System.getenv(), cache);
    }

    /** A probe of the given environment and linker cache, for tests. */
    static LibraryProbe of(Map<String, String> environment, List<String> linkerCache) {
        return new LibraryProbe(environment, linkerCache);
    }

    /** Looks for one library by its exact file name. */
    public Library find(String file, String purpose) {
        Optional<String> found = fromFolders(variableFolders(), file)
                .or(() -> fromLinkerCache(file))
                .or(() -> fromFolders(STANDARD_FOLDERS, file));
        return new Library(file, purpose, found.orElse(""));
    }

    private List<String> variableFolders() {
        Set<String> folders = new LinkedHashSet<>();
        for (String name : List.of("LD_LIBRARY_PATH", "PYTORCH_LIBRARY_PATH")) {
            for (String folder : environment.getOrDefault(name, "").split(File.pathSeparator, -1)) {
                if (!folder.isBlank()) {
                    folders.add(folder);
                }
            }
        }
        return List.copyOf(folders);
    }

    private static Optional<String> fromFolders(List<String> folders, String file) {
        return folders.stream()
                .map(folder -> Path.of(folder, file))
                .filter(Files::exists)
                .map(Path::toString)
                .findFirst();
    }

    // A line of the cache reads: libnccl.so.2 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libnccl.so.2
    private Optional<String> fromLinkerCache(String file) {
        return linkerCache.stream()
                .map(String::strip)
                .filter(line -> line.startsWith(file + " ") && line.contains("=> "))
                .map(line -> line.substring(line.indexOf("=> ") + "=> ".length()))
                .findFirst();
    }
}
