package dev.mpo.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class LrScheduleTest {

    @Test
    void everyScheduleMatchesTheReferenceAtEveryStep() throws IOException {
        JsonNode cases = new ObjectMapper()
                .readTree(SharedFiles.require("goldens/golden/f_training/lr_schedules.json")
                        .toFile());
        assertThat(cases).isNotEmpty();
        for (JsonNode example : cases) {
            LrSchedule schedule = LrSchedule.of(
                    LrSchedule.Kind.valueOf(example.get("scheduler").textValue().toUpperCase(Locale.ROOT)),
                    example.get("base_lr").doubleValue(),
                    example.get("total_steps").intValue(),
                    example.get("warmup_ratio").doubleValue());
            assertThat(schedule.warmupSteps())
                    .isEqualTo(example.get("warmup_steps").intValue());
            JsonNode rates = example.get("lr_used_at_step");
            assertThat(rates).hasSize(schedule.totalSteps());
            for (int step = 0; step < rates.size(); step++) {
                assertThat(schedule.at(step))
                        .as("%s step %d", schedule, step)
                        .isCloseTo(rates.get(step).doubleValue(), within(1e-12 * schedule.baseLearningRate()));
            }
        }
    }

    @Test
    void warmupClimbsLinearlyFromZeroAndCosineFallsToHalfInTheMiddle() {
        LrSchedule schedule = LrSchedule.of(LrSchedule.Kind.COSINE, 2.0, 12, 0.25);
        assertThat(schedule.warmupSteps()).isEqualTo(3);
        assertThat(schedule.at(0)).isZero();
        assertThat(schedule.at(1)).isCloseTo(2.0 / 3, within(1e-15));
        assertThat(schedule.at(3)).isEqualTo(2.0);
        // 9 steps of decay: a third of the way is cos(60 degrees) = 0.5, so 2 * 0.75
        assertThat(schedule.at(6)).isCloseTo(1.5, within(1e-15));
        assertThat(schedule.at(12)).isZero();
        assertThat(schedule.at(99)).isZero();
    }

    @Test
    void constantIgnoresWarmup() {
        assertThat(LrSchedule.of(LrSchedule.Kind.CONSTANT, 1e-3, 10, 0.5).at(0)).isEqualTo(1e-3);
        assertThat(LrSchedule.of(LrSchedule.Kind.CONSTANT_WITH_WARMUP, 1e-3, 10, 0.5)
                        .at(0))
                .isZero();
    }

    @Test
    void aRunWithoutStepsIsRefused() {
        assertThatThrownBy(() -> LrSchedule.of(LrSchedule.Kind.LINEAR, 1, 0, 0)).hasMessageContaining("0 in all");
    }
}
