package dev.mpo.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.testkit.TestDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class VarlenLayoutTest {

    private static final ModelConfig CONFIG = TinyModels.config(Family.QWEN2, false, NormType.LAYER_NORM);
    private static final Device DEVICE = new Device(TestDevice.name());

    private static final List<Segment> SEGMENTS =
            List.of(Segment.whole(0, 3), new Segment(3, 5, 0, 3), new Segment(5, 6, 0, 3), Segment.whole(6, 8));

    private static PackedBatch batch(int... scoredRows) {
        int[] eight = new int[8];
        return new PackedBatch(
                new byte[0], 0, 1, eight, eight, eight, new int[0], SEGMENTS, scoredRows, scoredRows.clone(), true);
    }

    @Test
    void eachBranchGetsItsPrefixInFrontOfItsOwnKeys() {
        try (Scope scope = new Scope()) {
            AttentionPlan plan = AttentionPlan.full(scope, batch(), AttentionPlan.Kernel.MASKS, DEVICE, DType.FLOAT32);
            VarlenLayout layout = VarlenLayout.of(plan.segments());
            assertThat(layout.queryEnds()).containsExactly(0, 3, 5, 6, 8);
            assertThat(layout.keyEnds()).containsExactly(0, 3, 8, 12, 14);
            assertThat(layout.keyRows()).containsExactly(0, 1, 2, 0, 1, 2, 3, 4, 0, 1, 2, 5, 6, 7);
            assertThat(layout.mostQueries()).isEqualTo(3);
            assertThat(layout.mostKeys()).isEqualTo(5);
        }
    }

    @Test
    void theLastLayerAsksOnlyForScoredRowsAndTheKeysBeforeThem() {
        try (Scope scope = new Scope()) {
            AttentionPlan plan = AttentionPlan.scoredOnly(
                    scope, batch(2, 3, 4, 5), AttentionPlan.Kernel.MASKS, DEVICE, DType.FLOAT32);
            VarlenLayout layout = VarlenLayout.of(plan.segments());
            assertThat(plan.rows().toLongArray()).containsExactly(2, 3, 4, 5);
            assertThat(layout.queryEnds()).containsExactly(0, 1, 3, 4);
            assertThat(layout.keyEnds()).containsExactly(0, 3, 8, 12);
            assertThat(layout.keyRows()).containsExactly(0, 1, 2, 0, 1, 2, 3, 4, 0, 1, 2, 5);
        }
    }

    @Test
    void theKernelIsToldOfTwoQueriesWhereEachSegmentHasOne() {
        try (Scope scope = new Scope()) {
            AttentionPlan plan =
                    AttentionPlan.scoredOnly(scope, batch(2, 3, 5), AttentionPlan.Kernel.VARLEN, DEVICE, DType.FLOAT32);
            assertThat(plan.longest()).containsExactly(2, 4);
            assertThat(plan.varlen()[0].toLongArray()).containsExactly(0, 1, 2, 3);
        }
    }

    @Test
    void theProcessorUsesMasks() {
        assertThat(VarlenAttention.applies(Device.CPU, DType.BFLOAT16, CONFIG)).isFalse();
        assertThat(VarlenAttention.applies(Device.CPU, DType.FLOAT32, CONFIG)).isFalse();
    }
}
