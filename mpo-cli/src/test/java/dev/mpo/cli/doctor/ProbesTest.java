package dev.mpo.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.cli.doctor.AcceleratorProbe.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbesTest {

    @Test
    void linesOfTheDriverToolBecomeDevices() {
        List<Device> devices = AcceleratorProbe.parse(List.of(
                "0, NVIDIA H100 80GB HBM3, 81559, 81000, 570.86.15, 9.0", "1, Old, [N/A], 5, 1, 3.5", "No devices"));

        assertThat(devices)
                .containsExactly(
                        new Device(0, "NVIDIA H100 80GB HBM3", 81559L << 20, 81000L << 20, "570.86.15", "9.0"),
                        new Device(1, "Old", -1, 5L << 20, "1", "3.5"));
    }

    @Test
    void libraryPathGoesBeforeTheLinkerCache(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("libdemo.so.2"));
        List<String> cache = List.of("\tlibdemo.so.2 (libc6,x86-64) => /lib/libdemo.so.2");

        assertThat(LibraryProbe.of(Map.of("LD_LIBRARY_PATH", folder.toString()), cache)
                        .find("libdemo.so.2", "a test")
                        .path())
                .isEqualTo(file.toString());
        assertThat(LibraryProbe.of(Map.of(), cache)
                        .find("libdemo.so.2", "a test")
                        .path())
                .isEqualTo("/lib/libdemo.so.2");
    }

    @Test
    void libraryOfAnotherVersionDoesNotCount() {
        List<String> cache = List.of("\tlibdemo.so.20 (libc6,x86-64) => /lib/libdemo.so.20");

        assertThat(LibraryProbe.of(Map.of(), cache)
                        .find("libdemo.so.2", "a test")
                        .found())
                .isFalse();
    }

    @Test
    void missingProgramPrintsNothing() {
        assertThat(Processes.lines("no-such-program-anywhere")).isEmpty();
    }

    @Test
    void cacheFolderFollowsTheEnvironment() {
        assertThat(EngineProbe.cacheFolder(Map.of("DJL_CACHE_DIR", "cache"))).isEqualTo(Path.of("cache"));
        assertThat(EngineProbe.cacheFolder(Map.of("DJL_CACHE_DIR", "cache", "ENGINE_CACHE_DIR", "engine")))
                .isEqualTo(Path.of("engine"));
        assertThat(EngineProbe.cacheFolder(Map.of())).endsWith(Path.of(".djl.ai"));
    }
}
