package dev.mpo.bench;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.OperatorLibrary;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What one call into the operator library costs beyond its arithmetic. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH sets every field before the first call
public class OperatorCallBenchmark {

    private static final OperatorLibrary OPS = OperatorLibrary.compile("""
            def nothing(self, n: int) -> int:
              return n
            def add(self, x: Tensor, y: Tensor) -> Tensor:
              return torch.add(x, y)
            def add_twenty(self, x: Tensor, y: Tensor) -> Tensor:
              for i in range(20):
                x = torch.add(x, y)
              return x
            def first(self, xs: List[Tensor]) -> Tensor:
              return torch.detach(xs[0])
            """);

    private static final int MANY = 30;

    /** Elements of each tensor. */
    @Param("1")
    public int elements;

    private dev.mpo.core.tensor.Scope owner;
    private Tensor x;
    private Tensor[] many;

    /** Allocates the tensors. */
    @Setup
    public void create() {
        owner = new dev.mpo.core.tensor.Scope();
        x = Tensors.zeros(owner, Device.CPU, DType.FLOAT32, elements);
        many = new Tensor[MANY];
        Arrays.fill(many, x);
    }

    /** Frees the tensors. */
    @TearDown
    public void close() {
        owner.close();
    }

    /** Calls a method that does nothing. */
    @Benchmark
    public long nothing() {
        return OPS.callLong("nothing", 1);
    }

    /** Adds two tensors and frees the result. */
    @Benchmark
    public void add() {
        try (Tensor y = OPS.call(owner, "add", x, x)) {
            y.numel();
        }
    }

    /** Adds twenty times within one call. */
    @Benchmark
    public void addTwentyInOneCall() {
        try (Tensor y = OPS.call(owner, "add_twenty", x, x)) {
            y.numel();
        }
    }

    /** Passes as many tensors as a decoder layer has parameters. */
    @Benchmark
    public void passThirtyTensors() {
        try (Tensor y = OPS.call(owner, "first", (Object) many)) {
            y.numel();
        }
    }
}
