package dev.mpo.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemorySoakTest {

    private static final long MEGABYTE = 1 << 20;

    /** The heap is small and touched from the beginning, so that what grows is native. */
    @Test
    void aThousandMicroBatchesOfRandomShapesLeaveNothingBehind() {
        List<String> heap = List.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1");
        JsonNode report = IsolatedPeak.run(heap, SoakProcess.class.getName(), List.of("1000"));
        assertThat(report.get("live_tensors").longValue()).isZero();
        assertThat(report.get("resident_bytes")).hasSize(20);
        assertThat(report.get("growth_bytes").longValue())
                .as("growth while resident memory was %s", report.get("resident_bytes"))
                .isLessThan(12 * MEGABYTE);
    }

    @Test
    void growthIsFromTheSecondToTheLastQuarter() {
        assertThat(MemorySoak.growth(List.of(1L, 2L, 7L, 8L, 5L, 6L, 9L, 11L))).isEqualTo(3);
        assertThat(MemorySoak.growth(List.of(9L, 9L, 7L, 8L, 5L, 6L, 3L, 4L))).isZero();
    }
}
