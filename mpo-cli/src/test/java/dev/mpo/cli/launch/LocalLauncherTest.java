package dev.mpo.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalLauncherTest {

    private static final Map<String, String> TORCHRUN =
            Map.of("RANK", "5", "WORLD_SIZE", "8", "LOCAL_RANK", "1", "LOCAL_WORLD_SIZE", "4");
    private static final Map<String, String> ONE_TASK = Map.of(
            "SLURM_STEP_NUM_TASKS", "1",
            "SLURM_STEP_TASKS_PER_NODE", "1",
            "SLURM_PROCID", "0",
            "SLURM_LOCALID", "0",
            "SLURM_NODEID", "0");

    @Test
    void ranksAreStartedWhereNoLauncherDidSo() {
        assertThat(LocalLauncher.ranksToStart(4, Map.of())).contains(4);
        assertThat(LocalLauncher.ranksToStart(1, Map.of())).isEmpty();
        assertThat(LocalLauncher.ranksToStart(null, Map.of())).isEmpty();
    }

    @Test
    void aSingleTaskOfSlurmMayStartRanks() {
        assertThat(LocalLauncher.ranksToStart(8, ONE_TASK)).contains(8);
    }

    @Test
    void aRankStartsNoRanks() {
        assertThat(LocalLauncher.ranksToStart(4, TORCHRUN)).isEmpty();
        assertThat(LocalLauncher.ranksToStart(null, TORCHRUN)).isEmpty();
    }

    @Test
    void contradictionsAreNamed() {
        assertThatThrownBy(() -> LocalLauncher.ranksToStart(8, TORCHRUN))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--devices 8 contradicts the launcher, which started 8 processes, 4 of them");
        assertThatThrownBy(() -> LocalLauncher.ranksToStart(0, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--devices: expected at least 1, got 0");
    }
}
