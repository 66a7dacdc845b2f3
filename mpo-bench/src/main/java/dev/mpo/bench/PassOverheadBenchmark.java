package dev.mpo.bench;

import dev.mpo.bench.OneLayerModels.LanguageSize;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.tools.bench.PairShape;
import dev.mpo.tools.bench.SyntheticPairs;
import dev.mpo.train.step.PackedPairs;
import java.util.List;
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

/** What a micro-batch costs before any arithmetic worth the name: packing, attention plan, masks, rotary tables. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH sets every field before the first call
public class PassOverheadBenchmark {

    /** How the pair is laid out. */
    @Param({"plain", "branched"})
    public String layout;

    /** Tokens before the answers. */
    @Param("1872")
    public int promptTokens;

    /** Tokens of each answer. */
    @Param("250")
    public int answerTokens;

    private VisionLanguageModel model;
    private List<EncodedPair> pairs;
    private PackedBatch batch;

    /** Draws weights and a pair. */
    @Setup
    public void create() {
        ModelConfig config = OneLayerModels.language(LanguageSize.SMALLEST);
        model = OneLayerModels.create(config);
        PairShape shape = new PairShape(0, promptTokens, answerTokens);
        pairs = List.of(new SyntheticPairs(config, 1).next(shape));
        batch = OneLayerModels.packer(layout).pack(pairs).batch();
    }

    /** Frees the weights. */
    @TearDown
    public void close() {
        model.close();
    }

    /** Lays a pair out as a stream. */
    @Benchmark
    public PackedPairs pack() {
        return OneLayerModels.packer(layout).pack(pairs);
    }

    /** Scores a pair with a model of one layer, one head and width 16. */
    @Benchmark
    public double[] narrowestPass() {
        return model.score(batch);
    }
}
