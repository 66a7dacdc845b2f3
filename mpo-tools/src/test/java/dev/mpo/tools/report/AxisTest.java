package dev.mpo.tools.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AxisTest {

    @Test
    void ticksAreRoundAndCoverTheData() {
        // 0.13..0.87 in about four steps: 0.74 / 4 = 0.185, rounded up to 0.2
        Axis axis = Axis.around(0.13, 0.87, 4);
        assertThat(axis.step()).isCloseTo(0.2, within(1e-12));
        assertThat(axis.low()).isCloseTo(0.0, within(1e-12));
        assertThat(axis.high()).isCloseTo(1.0, within(1e-12));
        assertThat(axis.ticks()).hasSize(6);
    }

    @Test
    void constantDataGetRoomAroundThem() {
        Axis axis = Axis.around(5, 5, 4);
        assertThat(axis.fraction(5)).isBetween(0.2, 0.8);
        assertThat(Axis.around(0, 0, 4).fraction(0)).isBetween(0.2, 0.8);
    }

    @Test
    void verySmallRangesKeepTheirTicks() {
        Axis axis = Axis.around(0, 1e-6, 4);
        assertThat(axis.ticks()).hasSizeBetween(3, 8);
    }

    @Test
    void exactAxesEndWhereTheDataDo() {
        Axis axis = Axis.exact(1, 400, 6);
        assertThat(axis.fraction(1)).isZero();
        assertThat(axis.fraction(400)).isEqualTo(1);
        assertThat(axis.ticks()).containsExactly(100.0, 200.0, 300.0, 400.0);
    }

    @Test
    void numbersReadWell() {
        assertThat(Html.number(0.68812)).isEqualTo("0.688");
        assertThat(Html.number(-12.345)).isEqualTo("-12.3");
        assertThat(Html.number(123456)).isEqualTo("123,456");
        assertThat(Html.number(0.00012)).isEqualTo("1.2e-4");
        assertThat(Html.number(Double.NaN)).isEqualTo("–");
        assertThat(Html.duration(95)).isEqualTo("1 min 35 s");
    }

    @Test
    void smoothingKeepsConstantsAndSkipsGaps() {
        double[] values = new double[100];
        java.util.Arrays.fill(values, 3.0);
        values[50] = Double.NaN;
        double[] smooth = new Series("x", values).smoothed().values();
        assertThat(smooth[99]).isCloseTo(3.0, within(1e-9));
        assertThat(smooth[50]).isNaN();
    }
}
