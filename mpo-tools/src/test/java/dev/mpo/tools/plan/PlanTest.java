package dev.mpo.tools.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.Recompute;
import dev.mpo.train.config.ParallelSettings.Shard;
import dev.mpo.train.config.ReferenceSettings.Mode;
import dev.mpo.train.config.RunConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The search for settings that fit. */
class PlanTest {

    private static final DeviceSpec H100 = DeviceSpec.named("h100");

    private static Plan plan(String model, int devices) {
        PlanSettings base =
                PlanSettings.of(true).withParallel(Shard.NONE, false, devices).withPairs(1, 256);
        return Plan.search(ModelConfig.published(model), PairShape.typical(), H100, base, choice -> true);
    }

    @Test
    void theSmallestModelTrainsOnOneDeviceAsItIs() {
        Plan.Choice choice = plan("InternVL2_5-1B", 1).recommended().orElseThrow();
        assertThat(choice.settings().lora().rank()).isZero();
        assertThat(choice.settings().recompute()).isEqualTo(Recompute.NONE);
        assertThat(choice.settings().offload()).isFalse();
        assertThat(choice.settings().reference()).isEqualTo(Mode.CACHED);
    }

    /** 8.1e9 parameters: 16 GB of weights and 32 GB of gradients fit, 97 GB of optimizer state does not. */
    @Test
    void eightBillionParametersTrainOnOneDeviceOnlyWithOffload() {
        Plan plan = plan("InternVL2_5-8B", 1);
        Plan.Choice choice = plan.recommended().orElseThrow();
        assertThat(choice.settings().offload()).isTrue();
        assertThat(choice.memory().host()).isGreaterThan(90e9);
        assertThat(plan.choices())
                .filteredOn(c -> c.fits() && c.settings().lora().rank() == 0)
                .allMatch(c -> c.settings().offload());
    }

    @Test
    void theLargestModelNeedsEverythingSharded() {
        assertThat(plan("InternVL2_5-78B", 32)
                        .recommended()
                        .orElseThrow()
                        .settings()
                        .shard())
                .isEqualTo(Shard.FULL);
        assertThat(plan("InternVL2_5-78B", 1).recommended()).isEmpty();
    }

    @Test
    void nothingIsShardedThatGainsNothing() {
        PlanSettings settings =
                plan("InternVL2_5-1B", 8).recommended().orElseThrow().settings();
        assertThat(settings.shard()).isEqualTo(Shard.NONE);
        assertThat(settings.offload()).isFalse();
    }

    @Test
    void whatFitsComesFirstAndFastestFirst() {
        List<Plan.Choice> choices = plan("InternVL2_5-4B", 4).choices();
        assertThat(choices).hasSizeGreaterThan(40);
        for (int i = 1; i < choices.size(); i++) {
            Plan.Choice before = choices.get(i - 1);
            Plan.Choice after = choices.get(i);
            assertThat(before.fits() || !after.fits()).isTrue();
            boolean sameKind = before.fits() == after.fits()
                    && before.settings().lora().rank()
                            == after.settings().lora().rank();
            if (before.fits() && sameKind) {
                assertThat(before.pairsPerSecond()).isGreaterThanOrEqualTo(after.pairsPerSecond());
            }
        }
    }

    @Test
    void recommendedSettingsAreAcceptedByARun() {
        for (Plan.Choice choice : plan("InternVL2_5-8B", 2).choices()) {
            RunConfig config = RunConfig.load(List.of(), choice.asSettings());
            assertThat(config.parallel().shard()).isEqualTo(choice.settings().shard());
            assertThat(config.reference().mode()).isEqualTo(choice.settings().reference());
        }
    }
}
