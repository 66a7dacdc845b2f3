package dev.mpo.bench;

import dev.mpo.bench.OneLayerModels.LanguageSize;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.ForwardPass;
import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.Recompute;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.tools.bench.PairShape;
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

/**
 * One decoder layer of the micro preset over all rows of a pair: two whole sequences, or a prefix with two branches.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH sets every field before the first call
public class DecoderLayerBenchmark {

    /** How the pair is laid out. */
    @Param({"plain", "branched"})
    public String layout;

    /** Tokens before the answers, as 7 tiles and a question of 80 tokens make. */
    @Param("1872")
    public int promptTokens;

    /** Tokens of each answer. */
    @Param("250")
    public int answerTokens;

    private VisionLanguageModel model;
    private PackedBatch batch;

    /** Draws weights and a pair. */
    @Setup
    public void create() {
        ModelConfig config = OneLayerModels.language(LanguageSize.MICRO_LAYER);
        model = OneLayerModels.create(config);
        PairShape shape = new PairShape(0, promptTokens, answerTokens);
        batch = OneLayerModels.untrimmed(OneLayerModels.batch(config, layout, shape));
    }

    /** Frees the weights. */
    @TearDown
    public void close() {
        model.close();
    }

    /** Computes the layer without autograd. */
    @Benchmark
    public double[] forward() {
        return model.score(batch);
    }

    /** Computes the layer, its input gradient and its parameter gradients. */
    @Benchmark
    public double[] forwardAndBackward() {
        try (ForwardPass pass = model.forward(batch, Recompute.NONE, true, DropPath.NONE)) {
            model.backward(pass, new double[] {1});
            return pass.logps();
        }
    }
}
