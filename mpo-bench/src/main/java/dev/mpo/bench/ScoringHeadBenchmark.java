package dev.mpo.bench;

import dev.mpo.bench.OneLayerModels.LanguageSize;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.ForwardPass;
import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.Recompute;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.tools.bench.PairShape;
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

/** The scoring head of the micro preset over the labelled rows of two answers, behind a layer of next to no width. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH sets every field before the first call
public class ScoringHeadBenchmark {

    /** Tokens of each answer. */
    @Param("250")
    public int answerTokens;

    private VisionLanguageModel model;
    private PackedBatch batch;
    private double[] coefficients;

    /** Draws weights and a pair. */
    @Setup
    public void create() {
        ModelConfig config = OneLayerModels.language(LanguageSize.MICRO_HEAD);
        model = OneLayerModels.create(config);
        batch = OneLayerModels.batch(config, "branched", new PairShape(0, 2, answerTokens));
        coefficients = new double[batch.labels().length];
        Arrays.fill(coefficients, 0.1);
    }

    /** Frees the weights. */
    @TearDown
    public void close() {
        model.close();
    }

    /** Computes the log-probabilities. */
    @Benchmark
    public double[] score() {
        return model.score(batch);
    }

    /** Computes the log-probabilities, keeps the logits and goes back. */
    @Benchmark
    public double[] scoreAndBackward() {
        return step(true);
    }

    /** Does the same without keeping the logits: they are computed twice. */
    @Benchmark
    public double[] scoreAndBackwardRecomputing() {
        return step(false);
    }

    private double[] step(boolean keepLogits) {
        try (ForwardPass pass = model.forward(batch, Recompute.NONE, keepLogits, DropPath.NONE)) {
            model.backward(pass, coefficients);
            return pass.logps();
        }
    }
}
