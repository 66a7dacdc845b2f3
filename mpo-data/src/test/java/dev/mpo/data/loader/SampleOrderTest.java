package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SampleOrderTest {

    // Four data sets: all rows once, three copies, 4 of 10 rows, none.
    private static final int[] ROWS = {12, 5, 10, 7};
    private static final long[] PAIRS = {12, 15, 4, 0};

    @Test
    void unshuffledOrderGoesThroughDataSetsCopiesAndLines() {
        List<SampleRef> epoch = epoch(SampleOrder.of(ROWS, PAIRS, 1, false), 0);
        List<SampleRef> expected = new ArrayList<>();
        for (int row = 0; row < 12; row++) {
            expected.add(new SampleRef(0, row));
        }
        for (int copy = 0; copy < 3; copy++) {
            for (int row = 0; row < 5; row++) {
                expected.add(new SampleRef(1, row));
            }
        }
        assertThat(epoch.subList(0, 27)).isEqualTo(expected);
        List<Integer> share = epoch.subList(27, 31).stream().map(SampleRef::row).toList();
        assertThat(share).isSorted().doesNotHaveDuplicates().allMatch(row -> row >= 0 && row < 10);
        assertThat(epoch.subList(27, 31)).allMatch(ref -> ref.dataset() == 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyPairComesOncePerCopyAndEpochOverAllRanks(int world) {
        SampleOrder order = SampleOrder.of(ROWS, PAIRS, 42, true);
        Map<SampleRef, Integer> perEpoch = counts(epoch(SampleOrder.of(ROWS, PAIRS, 42, false), 0));
        long epochs = world; // so that every rank gets the same number of positions
        Map<SampleRef, Integer> seen = new HashMap<>();
        for (int rank = 0; rank < world; rank++) {
            for (long position = rank; position < epochs * order.size(); position += world) {
                seen.merge(order.at(position), 1, Integer::sum);
            }
        }
        perEpoch.replaceAll((ref, count) -> count * (int) epochs);
        assertThat(seen).isEqualTo(perEpoch);
    }

    @Test
    void theOrderIsAFunctionOfSeedAndEpoch() {
        SampleOrder order = SampleOrder.of(ROWS, PAIRS, 42, true);
        assertThat(epoch(SampleOrder.of(ROWS, PAIRS, 42, true), 3)).isEqualTo(epoch(order, 3));
        assertThat(epoch(order, 1)).isNotEqualTo(epoch(order, 0));
        assertThat(epoch(SampleOrder.of(ROWS, PAIRS, 43, true), 0)).isNotEqualTo(epoch(order, 0));
        assertThat(order.at(order.size() + 5)).isEqualTo(order.at(1, 5));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 7, 16, 17, 38, 1000, 4097})
    void thePermutationHitsEveryNumberOnce(long size) {
        Permutation permutation = new Permutation(size, 1, 2, size);
        Set<Long> seen = new HashSet<>();
        for (long i = 0; i < size; i++) {
            seen.add(permutation.apply(i));
        }
        assertThat(seen).hasSize((int) size).allMatch(value -> value >= 0 && value < size);
    }

    @Test
    void thePermutationStaysInRangeForHugeSizes() {
        long size = (1L << 40) + 12345;
        Permutation permutation = new Permutation(size, 9);
        assertThat(LongStream.range(0, 10_000).map(permutation::apply).boxed().toList())
                .doesNotHaveDuplicates()
                .allMatch(value -> value >= 0 && value < size);
    }

    @Test
    void shuffledPositionsAreCloseToUniform() {
        // 12 numbers, 6000 keys: each of the 144 (position, number) cells expects 500 hits with deviation 21.4;
        // the chi-square statistic has 121 degrees of freedom, so mean 121 and deviation 15.6.
        int size = 12;
        int[][] hits = new int[size][size];
        for (int key = 0; key < 6000; key++) {
            Permutation permutation = new Permutation(size, 7, key);
            for (int i = 0; i < size; i++) {
                hits[i][(int) permutation.apply(i)]++;
            }
        }
        double chiSquare = 0;
        for (int[] row : hits) {
            for (int count : row) {
                chiSquare += (count - 500.0) * (count - 500.0) / 500;
            }
        }
        assertThat(chiSquare).isBetween(121 - 5 * 15.6, 121 + 5 * 15.6);
    }

    @Test
    void aShuffledEpochMixesTheDataSets() {
        SampleOrder order = SampleOrder.of(new int[] {1000, 1000}, new long[] {1000, 1000}, 0, true);
        List<SampleRef> epoch = epoch(order, 0);
        long fromFirst = epoch.subList(0, 1000).stream()
                .filter(ref -> ref.dataset() == 0)
                .count();
        assertThat(fromFirst).isBetween(420L, 580L);
    }

    @Test
    void replacementsAreDeterministicAndKeepToTheDataSet() {
        SampleOrder order = SampleOrder.of(ROWS, PAIRS, 42, true);
        Set<SampleRef> used = new HashSet<>(epoch(order, 0));
        for (long position = 0; position < order.size(); position++) {
            for (int attempt = 1; attempt <= 12; attempt++) {
                SampleRef substitute = order.replacement(position, attempt);
                assertThat(substitute).isEqualTo(order.replacement(position, attempt));
                assertThat(used).contains(substitute);
                if (attempt <= 8) {
                    assertThat(substitute.dataset())
                            .isEqualTo(order.at(position).dataset());
                }
            }
        }
    }

    private static List<SampleRef> epoch(SampleOrder order, long epoch) {
        return LongStream.range(0, order.size())
                .mapToObj(position -> order.at(epoch, position))
                .toList();
    }

    private static Map<SampleRef, Integer> counts(List<SampleRef> refs) {
        Map<SampleRef, Integer> counts = new HashMap<>();
        refs.forEach(ref -> counts.put(ref, Collections.frequency(refs, ref)));
        return counts;
    }
}
