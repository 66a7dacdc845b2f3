package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoaderHistoryTest {

    private static final SampleRef A = new SampleRef(0, 7);
    private static final SampleRef B = new SampleRef(1, 2);
    private static final SampleRef C = new SampleRef(1, 3);

    @Test
    void mergingCountsEachBadRowOnceAndAddsTheRest() {
        LoaderHistory merged = LoaderHistory.merge(
                List.of(new LoaderHistory(List.of(C, A), 1, 2), new LoaderHistory(List.of(B, A), 10, 20)));
        assertThat(merged).isEqualTo(new LoaderHistory(List.of(A, B, C), 11, 22));
        assertThat(LoaderHistory.merge(List.of())).isEqualTo(LoaderHistory.NONE);
    }

    @Test
    void theSharesOfTheRanksMakeTheWholeAgain() {
        LoaderHistory whole = new LoaderHistory(List.of(A, B), 3, 4);
        for (int ranks = 1; ranks <= 3; ranks++) {
            List<LoaderHistory> shares =
                    IntStream.range(0, ranks).mapToObj(whole::ofRank).toList();
            assertThat(LoaderHistory.merge(shares)).isEqualTo(whole);
        }
    }
}
