package dev.mpo.train.ranks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.ConfigException;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.testkit.TestDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * NCCL by a stand-in that computes on the host: every argument arrives as NCCL's header declares it, and operations are
 * ordered by events. With a CUDA device also the real library, as far as one device goes.
 */
class NcclCollectivesTest {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void contractHoldsOverTheStandIn(int size) throws IOException, InterruptedException {
        Path libraries = StandInRun.compile(folder);
        StandInRun run = StandInRun.of(size, LIMIT, ContractMain.class, libraries.toString());

        assertThat(run.exitCodes()).as(run.output()).containsOnly(0);
        for (String check : CollectivesContract.of(new SingleRank(Device.CPU)).keySet()) {
            assertThat(run.output().lines())
                    .contains(IntStream.range(0, size)
                            .mapToObj(rank -> "rank " + rank + " passed: " + check)
                            .toArray(String[]::new));
        }
        assertThat(run.output()).contains("rank 0 keeps events: 0", "rank 1 keeps events: 0");
    }

    /** One rank is all that one device allows; it needs the library, the device's addresses, streams and events. */
    @Test
    void contractHoldsOverTheRealLibraryOnADevice() throws IOException, InterruptedException {
        Assumptions.assumeFalse(new Device(TestDevice.name()).isCpu(), "no CUDA device named by mpo.test.device");
        StandInRun run = StandInRun.of(1, LIMIT, ContractMain.class);

        assertThat(run.exitCodes()).as(run.output()).containsOnly(0);
        assertThat(run.output().lines().filter(line -> line.startsWith("rank 0 passed")))
                .hasSize(CollectivesContract.of(new SingleRank(Device.CPU)).size());
    }

    @Test
    void missingLibrariesAreNamedWithTheFix() throws IOException, InterruptedException {
        NativeFiles nowhere = new NativeFiles(List.of(folder));
        Assumptions.assumeTrue(
                new Device(TestDevice.name()).isCpu(), "the loader finds the libraries of a GPU machine");
        assertThatThrownBy(() -> NcclLibrary.load(nowhere))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("several CUDA devices need")
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("scripts/gpu-libs");
        Path libraries = StandInRun.compile(folder);
        assertThat(NcclLibrary.load(new NativeFiles(List.of(libraries)))).isNotNull();
        assertThat(LibraryVersions.nccl(new NativeFiles(List.of(libraries)))).contains("2.26.3");
    }

    @Test
    void typesHaveTheNumbersOfNcclsHeader() {
        assertThat(List.of(
                        NcclLibrary.type(DType.UINT8),
                        NcclLibrary.type(DType.INT64),
                        NcclLibrary.type(DType.FLOAT32),
                        NcclLibrary.type(DType.FLOAT64),
                        NcclLibrary.type(DType.BFLOAT16)))
                .containsExactly(1, 4, 7, 8, 9);
    }

    @Test
    void placeToMeetFollowsFromTheLauncher() {
        assertThat(Rendezvous.of(Map.of("MASTER_ADDR", "n1", "MASTER_PORT", "29500")))
                .isEqualTo(new Rendezvous("n1", 29500));
        assertThat(Rendezvous.of(
                        Map.of("MASTER_ADDR", "n1", "MASTER_PORT", "29500", "TORCHELASTIC_USE_AGENT_STORE", "True")))
                .isEqualTo(new Rendezvous("n1", 29501));
        assertThat(Rendezvous.of(Map.of("SLURM_JOB_ID", "12345", "SLURM_STEP_NODELIST", "gpu[03-07,12],x1")))
                .isEqualTo(new Rendezvous("gpu03", 20_345));
        assertThat(Rendezvous.firstNode("gpu-a1,gpu-a2")).isEqualTo("gpu-a1");
        assertThat(Rendezvous.firstNode("rack[1-2]n")).isEqualTo("rack1n");
        assertThat(Rendezvous.firstNode("")).isNull();
        assertThatThrownBy(() -> Rendezvous.of(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("MASTER_ADDR");
        assertThatThrownBy(() -> Rendezvous.of(Map.of("MASTER_ADDR", "n1", "MASTER_PORT", "x")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("MASTER_PORT")
                .hasMessageContaining("got x");
    }
}
