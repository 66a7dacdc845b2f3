package dev.mpo.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LossTermTest {

    /** Log ratios c = 2 and r = -3, lengths 4 and 2; with beta 0.1 the margin reward is z = 0.5. */
    private static final PreferenceBatch ONE_PAIR = new PreferenceBatch(
            new double[] {-10},
            new double[] {-20},
            new double[] {-12},
            new double[] {-17},
            new int[] {4},
            new int[] {2},
            2.5,
            false);

    static Stream<LossTerm> allTerms() {
        return LossTerm.NAMES.stream()
                .flatMap(name -> Stream.of(LossTerm.of(name, 0.1, 0), LossTerm.of(name, 0.5, 0.1)));
    }

    private static double value(String name, double smoothing, double shift) {
        return LossTerm.of(name, 0.1, smoothing).evaluate(ONE_PAIR, shift).mean();
    }

    @Test
    void onePairLossesMatchTheHandComputation() {
        // -log s(0.5) = 0.474077, -log s(-0.5) = 0.974077, s(0.5) = 0.622459
        assertThat(value("sigmoid", 0, 0)).isCloseTo(0.474077, within(1e-6));
        assertThat(value("sigmoid", 0.1, 0)).isCloseTo(0.9 * 0.474077 + 0.1 * 0.974077, within(1e-6));
        assertThat(value("robust", 0.1, 0)).isCloseTo((0.9 * 0.474077 - 0.1 * 0.974077) / 0.8, within(1e-6));
        assertThat(value("hinge", 0, 0)).isCloseTo(0.5, within(1e-12));
        // c' = 2 / 4, r' = -3 / 2, target 5: (2 - 5)^2
        assertThat(value("ipo", 0, 0)).isCloseTo(9, within(1e-12));
        // (2 - 5)^2 + (-3 + 5)^2
        assertThat(value("sppo_hard", 0, 0)).isCloseTo(13, within(1e-12));
        // -log s(0.2) = 0.598139, -log s(-0.2) = 0.798139, -log s(0.3) = 0.554355
        assertThat(value("nca_pair", 0, 0)).isCloseTo(0.598139 + 0.5 * 0.798139 + 0.5 * 0.554355, within(1e-6));
        assertThat(value("exo_pair", 0.1, 0))
                .isCloseTo(
                        0.622459 * (-0.474077 - Math.log(0.9)) + 0.377541 * (-0.974077 - Math.log(0.1)), within(1e-5));
        assertThat(value("apo_zero", 0, 0)).isCloseTo(1 - 0.549834 + 0.425557, within(1e-6));
        assertThat(value("apo_down", 0, 0)).isCloseTo(0.549834 + 1 - 0.622459, within(1e-6));
        assertThat(value("sft", 0, 0)).isEqualTo(2.5);
    }

    @Test
    void bcoPairLossSubtractsRewardShift() {
        // shift 0.2: -log s(0.2 - 0.2) - log s(-(-0.3 - 0.2)) = 0.693147 + 0.474077
        assertThat(value("bco_pair", 0, 0.2)).isCloseTo(0.693147 + 0.474077, within(1e-6));
    }

    @Test
    void exoPairLossReadsZeroSmoothingAsOneInAThousandWithoutTouchingOtherTerms() {
        assertThat(value("exo_pair", 0, 0)).isEqualTo(value("exo_pair", 1e-3, 0));
        assertThat(LossTerm.of("exo_pair", 0.1, 0)).isEqualTo(new ExoPairLoss(0.1, 0));
    }

    @Test
    void transportLossesOfOnePairAreTheSigmoidLoss() {
        assertThat(value("aot", 0.1, 0)).isEqualTo(value("sigmoid", 0.1, 0));
        assertThat(value("aot_pair", 0.1, 0)).isCloseTo(value("sigmoid", 0.1, 0), within(1e-12));
    }

    @Test
    void transportLossesDoNotDependOnHowAnswersArePaired() {
        PreferenceBatch straight = PreferenceBatch.of(
                new double[] {-1, -5}, new double[] {-3, -4}, new double[] {-2, -2}, new double[] {-2, -2}, 1);
        PreferenceBatch crossed = PreferenceBatch.of(
                new double[] {-1, -5}, new double[] {-4, -3}, new double[] {-2, -2}, new double[] {-2, -2}, 1);
        LossTerm pair = new AotPairLoss(0.1, 0);
        assertThat(pair.evaluate(straight, 0).mean())
                .isCloseTo(pair.evaluate(crossed, 0).mean(), within(1e-12));
    }

    @ParameterizedTest
    @MethodSource("allTerms")
    void gradientsAgreeWithCentralDifferences(LossTerm term) {
        Random random = new Random(7);
        for (int round = 0; round < 20; round++) {
            PreferenceBatch batch = randomBatch(random, 1 + random.nextInt(5));
            double shift = random.nextGaussian();
            TermValue value = term.evaluate(batch, shift);
            ToDoubleFunction<PreferenceBatch> loss =
                    b -> term.evaluate(b, shift).mean();
            for (int i = 0; i < batch.size(); i++) {
                assertThat(value.gradChosen()[i])
                        .as("%s chosen %d", term, i)
                        .isCloseTo(slope(loss, batch, batch.policyChosenLogps(), i), within(1e-4));
                assertThat(value.gradRejected()[i])
                        .as("%s rejected %d", term, i)
                        .isCloseTo(slope(loss, batch, batch.policyRejectedLogps(), i), within(1e-4));
            }
        }
    }

    private static double slope(ToDoubleFunction<PreferenceBatch> loss, PreferenceBatch batch, double[] values, int i) {
        double step = 1e-5;
        double before = values[i];
        values[i] = before + step;
        double up = loss.applyAsDouble(batch);
        values[i] = before - step;
        double down = loss.applyAsDouble(batch);
        values[i] = before;
        return (up - down) / (2 * step);
    }

    private static PreferenceBatch randomBatch(Random random, int pairs) {
        int[] chosenLengths = random.ints(pairs, 1, 9).toArray();
        int[] rejectedLengths = random.ints(pairs, 1, 9).toArray();
        return new PreferenceBatch(
                logps(random, pairs),
                logps(random, pairs),
                logps(random, pairs),
                logps(random, pairs),
                chosenLengths,
                rejectedLengths,
                random.nextDouble(),
                false);
    }

    private static double[] logps(Random random, int pairs) {
        return random.doubles(pairs, -20, 0).toArray();
    }

    @ParameterizedTest
    @MethodSource("allTerms")
    void lossesAndGradientsStayFiniteForHugeLogRatios(LossTerm term) {
        for (double size : new double[] {1e3, 1e6, 1e12}) {
            for (double sign : new double[] {-1, 1}) {
                PreferenceBatch batch = PreferenceBatch.of(
                        new double[] {sign * size, 0},
                        new double[] {-sign * size, 0},
                        new double[] {0, 0},
                        new double[] {0, 0},
                        1);
                TermValue value = term.evaluate(batch, 0);
                assertThat(value.mean()).isFinite();
                assertThat(Arrays.stream(value.gradChosen()).allMatch(Double::isFinite))
                        .isTrue();
                assertThat(Arrays.stream(value.gradRejected()).allMatch(Double::isFinite))
                        .isTrue();
            }
        }
    }

    @Test
    void singlePrecisionBatchesRoundDifferencesLikeFloat32Tensors() {
        float[] policyChosen = {-131.76323f};
        float[] policyRejected = {-107.01589f};
        float[] reference = {-0.1f};
        int[] one = {1};
        PreferenceBatch batch = PreferenceBatch.of(policyChosen, policyRejected, reference, reference, one, one, 1);
        assertThat(batch.chosenLogRatio(0)).isEqualTo(-131.76323f - -0.1f);
        assertThat(batch.policyMargin(0)).isEqualTo(-131.76323f - -107.01589f);
    }

    @Test
    void parametersOutOfRangeAreRefused() {
        assertThatThrownBy(() -> LossTerm.of("sigmoid", 0, 0)).hasMessageContaining("beta");
        assertThatThrownBy(() -> LossTerm.of("sigmoid", Double.NaN, 0)).hasMessageContaining("beta");
        assertThatThrownBy(() -> LossTerm.of("robust", 0.1, 0.5)).hasMessageContaining("label smoothing");
        assertThatThrownBy(() -> LossTerm.of("sigmoyd", 0.1, 0)).hasMessageContaining("sigmoid");
    }

    @Test
    void termsKnowTheirNames() {
        assertThat(LossTerm.NAMES)
                .allSatisfy(name -> assertThat(LossTerm.of(name, 0.1, 0).name()).isEqualTo(name));
    }
}
