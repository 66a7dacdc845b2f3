package dev.mpo.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class DeviceMemoryTest {

    @Test
    void theHostReportsKibibytes() {
        assertThat(DeviceMemory.available(List.of("MemTotal:  99 kB", "MemAvailable:   2048 kB", "Cached: 1 kB")))
                .hasValue(2048 * 1024);
        assertThat(DeviceMemory.available(List.of("MemTotal:  99 kB"))).isEqualTo(OptionalLong.empty());
    }

    @Test
    void theHostHasSomeMemoryLeft() {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/meminfo")), "only Linux tells");
        assertThat(DeviceMemory.available(Device.CPU).orElseThrow()).isGreaterThan(1 << 20);
    }

    @Test
    void withoutItsRuntimeLibraryACudaDeviceIsUnknown() {
        Assumptions.assumeTrue(TorchRuntime.numGpus() == 0, "for machines without GPU");
        assertThat(DeviceMemory.available(new Device("cuda:0"))).isEmpty();
    }
}
