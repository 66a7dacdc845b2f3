package dev.mpo.bench;

import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.tools.bench.BenchPreset;
import dev.mpo.tools.bench.RandomWeights;
import dev.mpo.train.optim.AdamW;
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

/** The optimizer over all parameters of a preset. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH sets every field before the first call
public class AdamWBenchmark {

    /** Name of the architecture. */
    @Param("micro")
    public String preset;

    private VisionLanguageModel model;
    private AdamW optimizer;

    /** Draws weights and small gradients. */
    @Setup
    public void create() {
        model = VisionLanguageModel.create(BenchPreset.of(preset), ModelOptions.trained());
        RandomWeights.draw(model.parameters(), 1);
        optimizer = new AdamW(
                new AdamW.Settings(0.9, 0.999, 1e-8, 0.05), model.parameters().trained());
    }

    /** Frees weights and moments. */
    @TearDown
    public void close() {
        optimizer.close();
        model.close();
    }

    /** Updates every weight. */
    @Benchmark
    public void step() {
        optimizer.step(1e-6);
    }

    /** Computes the norm of all gradients. */
    @Benchmark
    public double gradientNorm() {
        return optimizer.gradientNorm();
    }

    /** Sets all gradients to zero. */
    @Benchmark
    public void zeroGradients() {
        optimizer.zeroGradients();
    }
}
