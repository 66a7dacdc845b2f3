package dev.mpo.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.GradMode;
import dev.mpo.core.tensor.OperatorLibrary;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.testkit.TestDevice;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Linear maps against the same map in double precision. */
class LinearOpsTest {

    private static final Device DEVICE = new Device(TestDevice.name());

    private static final String METHODS = """
            def apply(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
              return self.linear(x, weight, bias)
            def apply_twice(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
              return torch.add(self.linear(x, weight, bias), self.linear(x, weight, bias))
            def backward_input(self, g: Tensor, weight: Tensor) -> Tensor:
              return self.linear_backward_input(g, weight)
            def product(self, sums: Tensor, g: Tensor, x: Tensor, factor: float) -> int:
              return self.add_product(sums, g, x, factor)
            """;

    private static final int IN = 40;
    private static final int OUT = 24;

    @ParameterizedTest
    @CsvSource({"600, 1", "3, 1", "150, 4"})
    void valuesAndGradientsMatchDoublePrecision(int rows, int batch) {
        OperatorLibrary ops = compile();
        try (Scope scope = new Scope()) {
            Tensor[] single = inputs(scope, rows, batch);
            Tensor[] wide = new Tensor[single.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = Tensors.to(scope, single[i], DType.FLOAT64);
            }
            for (String method : new String[] {"apply", "apply_twice"}) {
                Tensor[] got = differentiate(scope, ops, method, single);
                Tensor[] expected = differentiate(scope, ops, method, wide);
                for (int i = 0; i < got.length; i++) {
                    assertThat(relativeError(got[i], expected[i]))
                            .as("%s, result %d", method, i)
                            .isLessThan(2e-6);
                }
            }
            Tensor g = random(scope, (long) rows * batch, OUT);
            Tensor gWide = Tensors.to(scope, g, DType.FLOAT64);
            assertThat(relativeError(
                            ops.call(scope, "backward_input", g, single[1]),
                            ops.call(scope, "backward_input", gWide, wide[1])))
                    .isLessThan(2e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {900, 3})
    void productsAreAddedToSums(int rows) {
        OperatorLibrary ops = compile();
        try (Scope scope = new Scope()) {
            Tensor sums = random(scope, OUT, IN);
            Tensor g = random(scope, rows, OUT);
            Tensor x = random(scope, rows, IN);
            Tensor wide = Tensors.to(scope, sums, DType.FLOAT64);
            ops.run("product", wide, Tensors.to(scope, g, DType.FLOAT64), Tensors.to(scope, x, DType.FLOAT64), 1.5);
            ops.run("product", sums, g, x, 1.5);
            assertThat(relativeError(sums, wide)).isLessThan(2e-6);
            Tensor frozen = Tensors.zeros(scope, DEVICE, DType.FLOAT32, 0);
            ops.run("product", frozen, g, x, 1.5);
            assertThat(frozen.numel()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {600, 5})
    void autogradDoesNotChangeTheBits(int rows) {
        OperatorLibrary ops = compile();
        try (Scope scope = new Scope()) {
            Tensor[] in = inputs(scope, rows, 1);
            Tensor without = ops.call(scope, "apply", in[0], in[1], in[2]);
            try (GradMode on = GradMode.enable()) {
                Tensor with = ops.call(scope, "apply", Tensors.leaf(scope, in[0]), in[1], in[2]);
                assertThat(Tensors.toCpu(scope, with, DType.FLOAT32).toDoubleArray())
                        .isEqualTo(without.toDoubleArray());
            }
        }
    }

    private static OperatorLibrary compile() {
        return OperatorLibrary.compile(ModelOps.source("linear.py") + METHODS);
    }

    /** Returns input, weight, bias and the gradient of the result. */
    private static Tensor[] inputs(Scope scope, int rows, int batch) {
        return new Tensor[] {
            random(scope, batch, rows, IN), random(scope, OUT, IN), random(scope, OUT), random(scope, batch, rows, OUT)
        };
    }

    private static Tensor random(Scope scope, long... shape) {
        long count = 1;
        for (long n : shape) {
            count *= n;
        }
        Random random = new Random(count);
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensors.of(scope, DEVICE, values, shape);
    }

    /** Returns the value and the gradients of input, weight and bias. */
    private static Tensor[] differentiate(Scope scope, OperatorLibrary ops, String method, Tensor[] in) {
        Tensor[] leaves = Tensors.leaves(scope, in[0], in[1], in[2]);
        Tensor y;
        try (GradMode on = GradMode.enable()) {
            y = ops.call(scope, method, leaves[0], leaves[1], leaves[2]);
        }
        Tensor[] gradients = Tensors.gradients(scope, y, in[3], leaves);
        return new Tensor[] {
            Tensors.toCpu(scope, y, in[0].dtype()), gradients[0], gradients[1], gradients[2],
        };
    }

    private static double relativeError(Tensor got, Tensor expected) {
        double[] a = got.toDoubleArray();
        double[] b = expected.toDoubleArray();
        assertThat(a).hasSameSizeAs(b);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < a.length; i++) {
            difference += (a[i] - b[i]) * (a[i] - b[i]);
            norm += b[i] * b[i];
        }
        return Math.sqrt(difference / norm);
    }
}
