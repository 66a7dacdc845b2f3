package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.length.RowLengths;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LengthGroupsTest {

    private static final int ROWS = 10_000;
    private static final int GROUP = 8;

    /** Row r is as long as a scrambled r. */
    private static final RowLengths LENGTHS = new RowLengths() {
        @Override
        public int of(int dataset, int row) {
            return (int) (row * 2_654_435_761L % 1009);
        }

        @Override
        public long checksum() {
            return 5;
        }
    };

    private final SampleOrder order = order(7);

    @Test
    void anEpochStillHasEachRowOnce() {
        for (int epoch = 0; epoch < 3; epoch++) {
            Set<Integer> rows = new HashSet<>();
            for (int position = 0; position < ROWS; position++) {
                rows.add(order.at(epoch, position).row());
            }
            assertThat(rows).hasSize(ROWS);
        }
    }

    @Test
    void rowsOfAGroupAreOfSimilarLengthAndGroupsAreNotSorted() {
        int[] means = new int[ROWS / GROUP];
        int widest = 0;
        for (int group = 0; group < means.length; group++) {
            int from = group * GROUP;
            var lengths = IntStream.range(from, from + GROUP).map(this::length).summaryStatistics();
            means[group] = (int) lengths.getAverage();
            widest = Math.max(widest, lengths.getMax() - lengths.getMin());
        }
        // A window sorts 512 lengths from 0 to 1008; eight neighbours span 16 on average.
        assertThat(widest).isLessThan(70);
        long rises = IntStream.range(1, means.length)
                .filter(i -> means[i] > means[i - 1])
                .count();
        assertThat(rises).isBetween(500L, 750L);
    }

    @Test
    void theFirstGroupIsTheLongestOfItsWindow() {
        int window = GROUP * LengthGroups.GROUPS_PER_WINDOW;
        int shortest = IntStream.range(0, GROUP).map(this::length).min().orElseThrow();
        int longestOfOthers =
                IntStream.range(GROUP, window).map(this::length).max().orElseThrow();
        assertThat(shortest).isGreaterThanOrEqualTo(longestOfOthers);
    }

    @Test
    void positionsAnswerInAnyOrderAndOnSeveralThreads() {
        List<SampleRef> forward =
                LongStream.range(0, 3 * ROWS).mapToObj(order::at).toList();
        SampleOrder fresh = order(7);
        List<SampleRef> scattered = LongStream.range(0, 3 * ROWS)
                .parallel()
                .mapToObj(position -> fresh.at(position))
                .toList();
        assertThat(scattered).isEqualTo(forward);
        SampleOrder backward = order(7);
        for (int position = 3 * ROWS - 1; position >= 0; position -= 37) {
            assertThat(backward.at(position)).isEqualTo(forward.get(position));
        }
    }

    @Test
    void seedAndEpochChangeTheOrderAndTheFingerprintTellsOrdersApart() {
        List<SampleRef> first = epoch(order, 0);
        assertThat(epoch(order, 1)).isNotEqualTo(first);
        assertThat(epoch(order(8), 0)).isNotEqualTo(first);
        SampleOrder plain = SampleOrder.of(new int[] {ROWS}, new long[] {ROWS}, 7, true);
        assertThat(Set.of(order.fingerprint(), order(8).fingerprint(), plain.fingerprint()))
                .hasSize(3);
        assertThat(order(7).fingerprint()).isEqualTo(order.fingerprint());
    }

    @Test
    void fewerRowsThanAGroupAreSortedOnly() {
        SampleOrder few = SampleOrder.grouped(new int[] {5}, new long[] {5}, 1, LENGTHS, GROUP);
        List<Integer> lengths = IntStream.range(0, 5)
                .mapToObj(position -> LENGTHS.of(0, few.at(position).row()))
                .toList();
        assertThat(lengths).isSortedAccordingTo((a, b) -> b - a);
    }

    private int length(int position) {
        return LENGTHS.of(0, order.at(position).row());
    }

    private static List<SampleRef> epoch(SampleOrder order, long epoch) {
        return LongStream.range(0, ROWS)
                .mapToObj(position -> order.at(epoch, position))
                .toList();
    }

    private static SampleOrder order(long seed) {
        return SampleOrder.grouped(new int[] {ROWS}, new long[] {ROWS}, seed, LENGTHS, GROUP);
    }
}
