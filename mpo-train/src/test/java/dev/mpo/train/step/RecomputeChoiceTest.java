package dev.mpo.train.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.Recompute;
import dev.mpo.core.model.Segment;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecomputeChoiceTest {

    private static final ModelConfig CONFIG = new ModelConfig(
            new VisionConfig(64, 256, 2, 2, 112, 14, 3, NormType.LAYER_NORM, true, false, 1e-6, 0),
            new LanguageConfig(Family.QWEN2, 512, 96, 256, 3, 4, 2, 24, 1e-6, 1e6, 0, 32768, false, true, -1),
            0.5,
            2,
            -1,
            "internvl2_5",
            112,
            true,
            true,
            1,
            12);

    private static PackedBatch batch(int tokens) {
        int[] rows = new int[tokens];
        int[] none = new int[0];
        List<Segment> segments = List.of(Segment.whole(0, tokens));
        return new PackedBatch(new byte[0], 0, 112, rows, rows, rows, none, segments, none, none, true);
    }

    /** nano: 3 decoder layers, 96 wide, 256 inner; 10 tokens keep 10 x (7 x 96 + 2 x 256) x 3 numbers of 4 bytes. */
    @Test
    void activationsAreKeptIfTheyTakeAtMostHalfOfTheFreeMemory() {
        long needed = 10 * (7 * 96 + 2 * 256) * 3 * 4;
        assertThat(RecomputeChoice.activationBytes(CONFIG, DType.FLOAT32, batch(10)))
                .isEqualTo(needed);
        assertThat(RecomputeChoice.activationBytes(CONFIG, DType.BFLOAT16, batch(10)))
                .isEqualTo(needed / 2);
        AtomicLong free = new AtomicLong(2 * needed);
        RecomputeChoice choice = RecomputeChoice.byMemory(CONFIG, DType.FLOAT32, false, free::get);
        assertThat(choice.of(batch(10))).isEqualTo(Recompute.NONE);
        assertThat(choice.of(batch(11))).isEqualTo(Recompute.FULL);
        free.set(2 * needed - 1);
        assertThat(choice.of(batch(10))).isEqualTo(Recompute.FULL);
    }

    @Test
    void whatWasKeptOnceIsKeptAgainWhereTheAllocatorHoldsOnToIt() {
        AtomicLong free = new AtomicLong(Long.MAX_VALUE);
        RecomputeChoice choice = RecomputeChoice.byMemory(CONFIG, DType.BFLOAT16, true, free::get);
        assertThat(choice.of(batch(10))).isEqualTo(Recompute.NONE);
        free.set(0);
        assertThat(choice.of(batch(10))).isEqualTo(Recompute.NONE);
        assertThat(choice.of(batch(9))).isEqualTo(Recompute.NONE);
        assertThat(choice.of(batch(11))).isEqualTo(Recompute.FULL);
    }

    @Test
    void aSmallBatchIsKeptOnThisMachine() {
        RecomputeChoice choice = RecomputeChoice.byFreeMemory(CONFIG, Device.CPU, DType.FLOAT32);
        assertThat(choice.of(batch(10))).isEqualTo(Recompute.NONE);
    }
}
