package dev.mpo.bench;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.ForwardPass;
import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.Recompute;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.Tensor;
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

/** One vision layer of the micro preset over the tiles of an image, with patch embedding and projector. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH sets every field before the first call
public class VisionLayerBenchmark {

    /** Tiles of the image. */
    @Param("7")
    public int tiles;

    private VisionLanguageModel model;
    private PackedBatch batch;

    /** Draws weights and an image. */
    @Setup
    public void create() {
        ModelConfig config = OneLayerModels.vision();
        model = OneLayerModels.create(config);
        batch = OneLayerModels.untrimmed(OneLayerModels.batch(config, "branched", new PairShape(tiles, 2, 2)));
    }

    /** Frees the weights. */
    @TearDown
    public void close() {
        model.close();
    }

    /** Encodes the tiles without autograd. */
    @Benchmark
    public long forward() {
        try (dev.mpo.core.tensor.Scope scope = new dev.mpo.core.tensor.Scope()) {
            Tensor features = model.encodeImages(scope, batch);
            return features.numel();
        }
    }

    /** Encodes the tiles and computes all parameter gradients; the language model behind is next to nothing. */
    @Benchmark
    public double[] forwardAndBackward() {
        try (ForwardPass pass = model.forward(batch, Recompute.NONE, true, DropPath.NONE)) {
            model.backward(pass, new double[] {1});
            return pass.logps();
        }
    }
}
