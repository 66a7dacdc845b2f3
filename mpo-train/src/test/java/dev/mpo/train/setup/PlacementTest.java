package dev.mpo.train.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.train.config.TrainSettings.Precision;
import org.junit.jupiter.api.Test;

class PlacementTest {

    @Test
    void halfPrecisionIsTheDefaultOnCudaOnly() {
        assertThat(Placement.of(Precision.AUTO, 0, 0)).isEqualTo(new Placement(Device.CPU, DType.FLOAT32));
        assertThat(Placement.of(Precision.AUTO, 2, 0)).isEqualTo(new Placement(new Device("cuda:0"), DType.BFLOAT16));
    }

    @Test
    void theSettingWins() {
        assertThat(Placement.of(Precision.FP32, 1, 0).compute()).isEqualTo(DType.FLOAT32);
        assertThat(Placement.of(Precision.BF16, 0, 0)).isEqualTo(new Placement(Device.CPU, DType.BFLOAT16));
    }
}
