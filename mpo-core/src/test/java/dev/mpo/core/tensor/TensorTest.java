package dev.mpo.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.jna.Pointer;
import dev.mpo.testkit.TestDevice;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class TensorTest {

    private static final Device DEVICE = new Device(TestDevice.name());

    @Test
    void valuesSurviveTheRoundTripThroughBf16() {
        try (Scope scope = new Scope()) {
            Tensor x = Tensors.of(scope, DEVICE, new float[] {1, -2, 0.5f, 3}, 2, 2);
            Tensor half = Tensors.to(scope, x, DType.BFLOAT16);
            assertThat(half.dtype()).isEqualTo(DType.BFLOAT16);
            assertThat(half.toFloatArray()).containsExactly(1, -2, 0.5f, 3);
            assertThat(half.shape()).containsExactly(2, 2);
        }
    }

    @Test
    void gradientOfASquareIsTwiceTheInput() {
        OperatorLibrary ops = OperatorLibrary.compile("""
                def square(self, x: Tensor) -> Tensor:
                  return x * x
                """);
        try (Scope scope = new Scope()) {
            Tensor x = Tensors.leaf(scope, Tensors.of(scope, DEVICE, new float[] {1, -2, 3}, 3));
            Tensor y;
            try (GradMode on = GradMode.enable()) {
                y = ops.call(scope, "square", x);
            }
            Tensor one = Tensors.of(scope, DEVICE, new float[] {1, 1, 1}, 3);
            assertThat(Tensors.gradients(scope, y, one, x)[0].toFloatArray()).containsExactly(2, -4, 6);
        }
    }

    @Test
    void scopesFreeWhatTheyOwnAndOnlyThat() {
        long before = Scope.numLiveTensors();
        try (Scope outer = new Scope()) {
            Tensor kept;
            try (Scope inner = new Scope()) {
                Tensors.zeros(inner, DEVICE, DType.FLOAT32, 4);
                kept = Tensors.zeros(inner, DEVICE, DType.FLOAT32, 4).moveTo(outer);
                Tensors.zeros(inner, DEVICE, DType.FLOAT32, 4).close();
            }
            assertThat(kept.toFloatArray()).containsOnly(0);
            assertThat(Scope.numLiveTensors()).isEqualTo(before + 1);
        }
        assertThat(Scope.numLiveTensors()).isEqualTo(before);
    }

    @Test
    void squaredNormIsExactOverLongVectors() {
        int n = 5_000_003;
        float[] values = new float[n];
        java.util.Arrays.fill(values, 0.1f);
        try (Scope scope = new Scope()) {
            double expected = n * (double) 0.1f * 0.1f;
            assertThat(Tensors.squaredNorm(Tensors.of(scope, DEVICE, values, n)))
                    .isCloseTo(expected, within(expected * 1e-6));
        }
    }

    @Test
    void theAddressIsThatOfTheFirstElement() {
        try (Scope scope = new Scope()) {
            Tensor x = Tensors.of(scope, Device.CPU, new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            assertThat(new Pointer(Tensors.address(x)).getFloatArray(0, 6)).containsExactly(1, 2, 3, 4, 5, 6);
            Tensor row = Tensors.view(scope, x, 1, 1, 3);
            assertThat(Tensors.address(row)).isEqualTo(Tensors.address(x) + 3 * Float.BYTES);
            Tensor half = Tensors.to(scope, x, DType.BFLOAT16);
            assertThat(new Pointer(Tensors.address(half)).getShort(2)).isEqualTo((short) 0x4000);
            assertThat(Tensors.address(Tensors.zeros(scope, Device.CPU, DType.FLOAT32, 0)))
                    .isZero();
        }
    }

    @Test
    void memoryOfAnotherDeviceIsNotRead() {
        Assumptions.assumeFalse(DEVICE.isCpu(), "no other device named by mpo.test.device");
        try (Scope scope = new Scope()) {
            Tensor x = Tensors.of(scope, DEVICE, new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            assertThatThrownBy(x::bytes)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("toCpu");
            Tensor row = Tensors.view(scope, x, 1, 1, 3);
            assertThat(Tensors.address(row)).isEqualTo(Tensors.address(x) + 3 * Float.BYTES);
        }
    }

    @Test
    void aTensorWithGapsHasNoAddress() {
        OperatorLibrary ops = OperatorLibrary.compile("""
                def transposed(self, x: Tensor) -> Tensor:
                  return torch.t(x)
                """);
        try (Scope scope = new Scope()) {
            Tensor x = ops.call(scope, "transposed", Tensors.zeros(scope, DEVICE, DType.FLOAT32, 2, 3));
            assertThatThrownBy(() -> Tensors.address(x)).hasMessageContaining("not contiguous");
        }
    }
}
