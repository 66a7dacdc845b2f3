package dev.mpo.data.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.stats.Histogram.Bin;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HistogramTest {

    @Test
    void quantilesAreValuesThatOccurred() {
        Histogram histogram = of(10, 1, 7, 7);

        assertThat(histogram.quantile(0.25)).isEqualTo(1);
        assertThat(histogram.quantile(0.5)).isEqualTo(7);
        assertThat(histogram.quantile(0.75)).isEqualTo(7);
        assertThat(histogram.quantile(1)).isEqualTo(10);
        assertThat(histogram.mean()).isEqualTo(6.25);
        assertThat(histogram.countAbove(7)).isOne();
        assertThat(histogram.countAbove(6)).isEqualTo(3);
    }

    @Test
    void binsAreRoundAndCoverEverything() {
        Histogram histogram = of(IntStream.range(0, 95).toArray());

        assertThat(histogram.bins(12))
                .hasSize(10)
                .contains(new Bin(0, 9, 10), new Bin(90, 99, 5))
                .extracting(Bin::count)
                .satisfies(counts -> assertThat(
                                counts.stream().mapToLong(Long::longValue).sum())
                        .isEqualTo(95));
    }

    @Test
    void nothingIsNoProblem() {
        Histogram histogram = new Histogram();

        assertThat(histogram.bins(5)).isEmpty();
        assertThat(histogram.quantile(0.5)).isZero();
        assertThat(histogram.mean()).isZero();
    }

    @Test
    void hugeValuesCountAsTheLargest() {
        Histogram histogram = of(Integer.MAX_VALUE, 3);

        assertThat(histogram.max()).isEqualTo(Integer.MAX_VALUE);
        assertThat(histogram.bins(10)).hasSizeLessThanOrEqualTo(11);
        assertThat(histogram.countAbove(100)).isOne();
    }

    private static Histogram of(int... values) {
        Histogram histogram = new Histogram();
        for (int value : values) {
            histogram.add(value);
        }
        return histogram;
    }
}
