package dev.mpo.train.ranks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.ConfigException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RanksTest {

    private static final Map<String, String> TORCHRUN =
            Map.of("RANK", "11", "WORLD_SIZE", "16", "LOCAL_RANK", "3", "LOCAL_WORLD_SIZE", "8");
    private static final Map<String, String> MPIRUN = Map.of(
            "OMPI_COMM_WORLD_RANK", "5",
            "OMPI_COMM_WORLD_SIZE", "6",
            "OMPI_COMM_WORLD_LOCAL_RANK", "1",
            "OMPI_COMM_WORLD_LOCAL_SIZE", "2");
    private static final Map<String, String> SRUN = Map.of(
            "SLURM_NTASKS", "20",
            "SLURM_STEP_NUM_TASKS", "20",
            "SLURM_STEP_TASKS_PER_NODE", "8(x2),4",
            "SLURM_PROCID", "17",
            "SLURM_LOCALID", "1",
            "SLURM_NODEID", "2");

    private static Map<String, String> with(Map<String, String> base, String... more) {
        Map<String, String> all = new HashMap<>(base);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private static Map<String, String> without(Map<String, String> base, String name) {
        Map<String, String> rest = new HashMap<>(base);
        rest.remove(name);
        return rest;
    }

    @Test
    void aProcessThatNoLauncherStartedIsAlone() {
        assertThat(Ranks.discover(Map.of("HOME", "/home/someone"))).isEqualTo(new Ranks(0, 1, 0, 1));
    }

    @Test
    void everyLauncherIsUnderstood() {
        assertThat(Ranks.discover(TORCHRUN)).isEqualTo(new Ranks(11, 16, 3, 8));
        assertThat(Ranks.discover(MPIRUN)).isEqualTo(new Ranks(5, 6, 1, 2));
        assertThat(Ranks.discover(SRUN)).isEqualTo(new Ranks(17, 20, 1, 4));
        assertThat(Ranks.discover(with(SRUN, "SLURM_NODEID", "1", "SLURM_PROCID", "15", "SLURM_LOCALID", "7")))
                .isEqualTo(new Ranks(15, 20, 7, 8));
    }

    @Test
    void theBatchScriptOfAJobIsNoRankOfIt() {
        Map<String, String> batch =
                Map.of("SLURM_JOB_ID", "7", "SLURM_NTASKS", "16", "SLURM_PROCID", "0", "SLURM_LOCALID", "0");
        assertThat(Ranks.discover(batch)).isEqualTo(Ranks.single());
    }

    @Test
    void theInnermostLauncherCounts() {
        assertThat(Ranks.discover(with(
                        SRUN,
                        MPIRUN.entrySet().stream()
                                .flatMap(e -> java.util.stream.Stream.of(e.getKey(), e.getValue()))
                                .toArray(String[]::new))))
                .isEqualTo(Ranks.discover(MPIRUN));
        Map<String, String> torchrunUnderMpirun = new HashMap<>(MPIRUN);
        torchrunUnderMpirun.putAll(TORCHRUN);
        torchrunUnderMpirun.put("TORCHELASTIC_RUN_ID", "x");
        assertThat(Ranks.discover(torchrunUnderMpirun)).isEqualTo(Ranks.discover(TORCHRUN));
    }

    @Test
    void contradictionsAreNamed() {
        Map<String, String> both = new HashMap<>(MPIRUN);
        both.putAll(TORCHRUN);
        assertThatThrownBy(() -> Ranks.discover(both))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("rank 11 of 16")
                .hasMessageContaining("OMPI_COMM_WORLD_RANK");
        assertThatThrownBy(() -> Ranks.discover(without(TORCHRUN, "LOCAL_RANK")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("lacks LOCAL_RANK (RANK=11, WORLD_SIZE=16, LOCAL_WORLD_SIZE=8)");
        assertThatThrownBy(() -> Ranks.discover(with(TORCHRUN, "RANK", "16")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("RANK=16, WORLD_SIZE=16");
        assertThatThrownBy(() -> Ranks.discover(with(MPIRUN, "OMPI_COMM_WORLD_SIZE", "many")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("OMPI_COMM_WORLD_SIZE=many");
        assertThatThrownBy(() -> Ranks.discover(with(SRUN, "SLURM_NODEID", "3")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("SLURM_STEP_TASKS_PER_NODE=8(x2),4");
    }
}
