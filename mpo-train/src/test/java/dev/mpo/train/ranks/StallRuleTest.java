package dev.mpo.train.ranks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StallRuleTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static RankState waiting(long arrived, int seconds, int quiet) {
        return new RankState(arrived, "barrier", seconds, quiet);
    }

    private static RankState elsewhere(long arrived, int quiet) {
        return new RankState(arrived, "", 0, quiet);
    }

    @Test
    void aQuietRankHangsIfOthersWaitForIt() {
        assertThat(StallRule.find(Map.of(0, waiting(8, 21, 21), 1, elsewhere(7, 20), 2, waiting(8, 22, 22)), LIMIT))
                .hasValueSatisfying(stall -> {
                    assertThat(stall.rank()).isEqualTo(1);
                    assertThat(stall.quietSeconds()).isEqualTo(20);
                    assertThat(stall.operation()).isEqualTo("barrier");
                });
    }

    @Test
    void theFirstRankMayHangAsWell() {
        assertThat(StallRule.find(Map.of(0, elsewhere(3, 40), 1, waiting(4, 10, 10)), LIMIT))
                .hasValue(new StallRule.Stall(0, 40, 1, "barrier"));
    }

    @Test
    void aRankThatDoesSomethingTakesLong() {
        assertThat(StallRule.find(Map.of(0, waiting(8, 600, 600), 1, elsewhere(7, 19)), LIMIT))
                .isEmpty();
    }

    @Test
    void aQuietRankForWhichNobodyWaitsIsFine() {
        assertThat(StallRule.find(Map.of(0, elsewhere(7, 50), 1, elsewhere(7, 60)), LIMIT))
                .isEmpty();
        assertThat(StallRule.find(Map.of(0, waiting(8, 1, 1), 1, elsewhere(7, 60)), LIMIT))
                .isEmpty();
    }

    @Test
    void aRankThatWaitsForAnotherIsNotToBlame() {
        Map<Integer, RankState> states = Map.of(0, waiting(9, 50, 50), 1, waiting(8, 50, 50), 2, elsewhere(7, 30));
        assertThat(StallRule.find(states, LIMIT).map(StallRule.Stall::rank)).hasValue(2);
        assertThat(StallRule.find(Map.of(0, waiting(9, 50, 50), 1, waiting(8, 50, 50), 2, elsewhere(7, 0)), LIMIT))
                .isEmpty();
    }

    @Test
    void ranksThatAreAllThereWaitForTheNetwork() {
        assertThat(StallRule.find(Map.of(0, waiting(8, 50, 50), 1, elsewhere(8, 50)), LIMIT))
                .isEmpty();
    }

    @Test
    void zeroSecondsLetNobodyHang() {
        assertThat(StallRule.find(Map.of(0, waiting(8, 50, 50), 1, elsewhere(7, 50)), Duration.ZERO))
                .isEmpty();
    }
}
