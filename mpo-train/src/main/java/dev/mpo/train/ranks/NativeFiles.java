package dev.mpo.train.ranks;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds native libraries beside libtorch, whose builds bring their own copies under names of their own, and then where
 * the system's linker looks. A process must use the copy that libtorch uses: streams of one are unknown to the other.
 */
final class NativeFiles {

    private static final int LAZY_AND_GLOBAL = 0x1 | 0x100;

    private final List<Path> folders;

    /**
     * Searches some folders, in this order, before the system.
     *
     * @param folders those that exist are used
     */
    NativeFiles(List<Path> folders) {
        this.folders = folders.stream().filter(Files::isDirectory).toList();
    }

    /** Searches where this process's libtorch is: {@code PYTORCH_LIBRARY_PATH}, then DJL's cache. */
    static NativeFiles ofLibtorch(Map<String, String> environment) {
        List<Path> folders = new ArrayList<>();
        for (String folder :
                environment.getOrDefault("PYTORCH_LIBRARY_PATH", "").split(File.pathSeparator, -1)) {
            if (!folder.isBlank()) {
                folders.add(Path.of(folder));
            }
        }
        String cache = environment.getOrDefault(
                "ENGINE_CACHE_DIR",
                environment.getOrDefault("DJL_CACHE_DIR", System.getProperty("user.home") + "/.djl.ai"));
        try (Stream<Path> builds = Files.list(Path.of(cache, "pytorch"))) {
            builds.filter(build -> build.getFileName().toString().contains("-cu"))
                    .sorted()
                    .forEach(folders::add);
        } catch (IOException nothingCached) {
            // Only the other places are left.
        }
        return new NativeFiles(folders);
    }

    /**
     * Loads the first library that can be loaded and has a function.
     *
     * @param stems what the file names begin with, best first, such as {@code libnccl}
     * @param systemNames names for the system's linker, such as {@code libnccl.so.2}
     * @param function a function that it must have
     * @return empty if there is none
     */
    <T extends Library> Optional<T> load(Class<T> type, List<String> stems, List<String> systemNames, String function) {
        List<String> names = new ArrayList<>();
        for (String stem : stems) {
            folders.forEach(folder -> names.addAll(files(folder, stem)));
        }
        names.addAll(systemNames);
        Map<String, Object> options = Map.of(Library.OPTION_OPEN_FLAGS, LAZY_AND_GLOBAL);
        for (String name : names) {
            try {
                NativeLibrary.getInstance(name, options).getFunction(function);
                return Optional.of(Native.load(name, type, options));
            } catch (UnsatisfiedLinkError missing) {
                // The next one may be there.
            }
        }
        return Optional.empty();
    }

    private static List<String> files(Path folder, String stem) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::toString)
                    .filter(file -> file.startsWith(folder.resolve(stem).toString()) && file.contains(".so"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    @Override
    public String toString() {
        return folders.isEmpty() ? "the system's folders" : folders + " and the system's folders";
    }
}
