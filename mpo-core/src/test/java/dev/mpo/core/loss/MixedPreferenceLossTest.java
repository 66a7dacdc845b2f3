package dev.mpo.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MixedPreferenceLossTest {

    private static final List<String> MPO = List.of("sigmoid", "bco_pair", "sft");

    /** Log ratios 4 and -1: mean reward 0.1 * 1.5 = 0.15. */
    private static final PreferenceBatch PAIR =
            PreferenceBatch.of(new double[] {-10}, new double[] {-20}, new double[] {-14}, new double[] {-19}, 1.25);

    private static MixedPreferenceLoss mpo() {
        return MixedPreferenceLoss.of(MPO, List.of(0.8, 0.2, 1.0), 0.1, 0);
    }

    @Test
    void theFirstLossOfEqualModelsIsTheKnownConstantPlusNll() {
        // 0.8 log 2 + 0.2 * 2 log 2 = 1.2 log 2 = 0.8318
        assertThat(mpo().expectedAtStart(2)).isCloseTo(1.2 * Math.log(2) + 2, within(1e-12));
    }

    @Test
    void theShiftTakesInTheMeanRewardBeforeTheLossIsComputed() {
        MixedPreferenceLoss loss = mpo();
        LossResult first = loss.train(PAIR);
        assertThat(first.rewardShift()).isCloseTo(0.15, within(1e-7));
        // bco_pair with rewards 0.4, -0.1 and shift 0.15: -log s(0.25) - log s(0.25)
        assertThat(first.terms().get(1).mean()).isCloseTo(2 * Math.log1p(Math.exp(-0.25)), within(1e-7));
        assertThat(first.total())
                .isCloseTo(
                        0.8 * first.terms().get(0).mean()
                                + 0.2 * first.terms().get(1).mean()
                                + 1.25,
                        within(1e-12));
    }

    @Test
    void evaluationLeavesTheShiftAlone() {
        MixedPreferenceLoss loss = mpo();
        assertThat(loss.evaluate(PAIR).rewardShift()).isZero();
        assertThat(loss.rewardMoments().state()).isEqualTo(RunningMoments.State.INITIAL);
    }

    @Test
    void aMixtureWithoutBcoPairKeepsNoShiftAndAsksNoOtherRank() {
        MixedPreferenceLoss loss = MixedPreferenceLoss.of(List.of("sigmoid"), List.of(1.0), 0.1, 0);
        LossResult result = loss.train(
                PAIR,
                mean -> {
                    throw new AssertionError("gathered");
                },
                0);
        assertThat(result.rewardShift()).isZero();
    }

    @Test
    void ranksContributeOneMeanRewardEachAndAreShiftedAsIfOneAfterTheOther() {
        MixedPreferenceLoss first = mpo();
        LossResult firstResult = first.train(PAIR, mean -> new double[] {mean, 0.45}, 0);
        MixedPreferenceLoss second = mpo();
        LossResult secondResult = second.train(PAIR, mean -> new double[] {0.45, mean}, 1);
        // mean of 0.15 and 0.45; two numbers; biased variance 0.15^2
        for (MixedPreferenceLoss loss : List.of(first, second)) {
            assertThat(loss.rewardMoments().mean()).isCloseTo(0.3, within(1e-7));
            assertThat(loss.rewardMoments().state().count()).isEqualTo(2.0);
            assertThat(loss.rewardMoments().state().var()).isCloseTo(0.0225, within(1e-7));
        }
        assertThat(firstResult.rewardShift()).isCloseTo(0.15, within(1e-7));
        assertThat(secondResult.rewardShift()).isCloseTo(0.3, within(1e-7));
    }

    @Test
    void aRestoredShiftContinuesAsIfNeverInterrupted() {
        MixedPreferenceLoss straight = mpo();
        straight.train(PAIR);
        MixedPreferenceLoss resumed = mpo();
        resumed.rewardMoments().restore(straight.rewardMoments().state());
        assertThat(resumed.train(PAIR).total()).isEqualTo(straight.train(PAIR).total());
    }

    @Test
    void mixtureRewardsAreTheWeightedSumOverPreferenceTerms() {
        MixedPreferenceLoss loss = MixedPreferenceLoss.of(MPO, List.of(0.3, 0.2, 7.0), 0.1, 0);
        LossResult result = loss.evaluate(PAIR);
        assertThat(result.meanChosenReward()).isCloseTo(0.5 * 0.4, within(1e-12));
        assertThat(result.meanMargin()).isCloseTo(0.5 * 0.5, within(1e-12));
    }

    @Test
    void aTieCountsAsLost() {
        double[] same = {-3};
        LossResult result = mpo().evaluate(PreferenceBatch.of(same, same, same, same, 1));
        assertThat(result.accuracy()).isZero();
    }

    @Test
    void fineTuningAloneStillReportsRewards() {
        LossResult result =
                MixedPreferenceLoss.of(List.of("sft"), List.of(1.0), 0.1, 0).evaluate(PAIR);
        assertThat(result.total()).isEqualTo(1.25);
        assertThat(result.meanChosenReward()).isCloseTo(0.4, within(1e-12));
        assertThat(result.gradNll()).isEqualTo(1);
    }

    @Test
    void ipoAloneLogsPerTokenLogpsAndRewardsButAMixtureLogsSums() {
        PreferenceBatch batch = new PreferenceBatch(
                new double[] {-10},
                new double[] {-20},
                new double[] {-14},
                new double[] {-19},
                new int[] {2},
                new int[] {5},
                1,
                false);
        LossResult alone = MixedPreferenceLoss.of(List.of("ipo", "sft"), List.of(1.0, 1.0), 0.1, 0)
                .evaluate(batch);
        assertThat(alone.chosenLogps()).containsExactly(-5);
        assertThat(alone.meanChosenReward()).isCloseTo(0.1 * 4 / 2, within(1e-12));
        LossResult mixed = MixedPreferenceLoss.of(List.of("ipo", "sigmoid"), List.of(1.0, 1.0), 0.1, 0)
                .evaluate(batch);
        assertThat(mixed.chosenLogps()).containsExactly(-10);
        assertThat(mixed.meanChosenReward()).isCloseTo(0.1 * 4 / 2 + 0.1 * 4, within(1e-12));
    }

    @Test
    void mixturesThatCannotBeComputedAreRefused() {
        assertThatThrownBy(() -> MixedPreferenceLoss.of(MPO, List.of(1.0), 0.1, 0))
                .hasMessageContaining("3 loss terms but 1 weights");
        assertThatThrownBy(() -> MixedPreferenceLoss.of(List.of(), List.of(), 0.1, 0))
                .hasMessageContaining("at least one term");
        assertThatThrownBy(() -> MixedPreferenceLoss.of(List.of("sft"), List.of(Double.NaN), 0.1, 0))
                .hasMessageContaining("finite");
        assertThatThrownBy(() -> PreferenceBatch.of(new double[1], new double[2], new double[1], new double[1], 0))
                .hasMessageContaining("policyRejectedLogps has 2 entries");
    }
}
