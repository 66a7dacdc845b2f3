package dev.mpo.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.testkit.TestDevice;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a layer's forward pass keeps beside its input, in bytes, against the formulas that memory is planned with. */
class KeptActivationsTest {

    private static final int TOKENS = 20;
    private static final int TILES = 2;
    private static final int PATCHES = 17;

    /** Means and scales of norms and the log-sum-exp of each head, none wider than a double: not in the formulas. */
    private static final int STATISTICS = 8 * (6 + 4);

    @BeforeAll
    static void cpuOnly() {
        TestDevice.requireCpu("attention by pieces is a kernel of the CPU");
    }

    @ParameterizedTest
    @CsvSource({
        "QWEN2, LAYER_NORM, FLOAT32",
        "INTERNLM2, RMS_NORM, FLOAT32",
        "QWEN3, LAYER_NORM, FLOAT32",
        "QWEN2, RMS_NORM, BFLOAT16"
    })
    void areThoseOfTheFormulas(Family family, NormType norm, DType dtype) {
        ModelConfig config = TinyModels.config(family, false, norm);
        try (VisionLanguageModel model = TinyModels.random(config, TinyModels.options(dtype), 1);
                Scope scope = new Scope()) {
            StepInputs in = new StepInputs(
                    scope,
                    batch(),
                    config.language(),
                    DropPath.NONE,
                    true,
                    AttentionPlan.Kernel.PIECES,
                    Device.CPU,
                    dtype);
            long vision = PATCHES * TILES * visionWidths(config.vision()) * dtype.numBytes();
            Tensor patches = Tensors.zeros(
                    scope, Device.CPU, dtype, TILES, PATCHES, config.vision().hiddenSize());
            assertThat(keptBytes(scope, model.visionStages(), patches, in))
                    .isBetween(vision, vision + PATCHES * TILES * STATISTICS);
            long decoder = TOKENS * decoderWidths(config.language()) * dtype.numBytes();
            Tensor tokens = Tensors.zeros(
                    scope, Device.CPU, dtype, TOKENS, config.language().hiddenSize());
            assertThat(keptBytes(scope, model.decoderStages(), tokens, in))
                    .isBetween(decoder, decoder + TOKENS * STATISTICS);
        }
    }

    private static PackedBatch batch() {
        int[] ids = new int[TOKENS];
        List<Segment> segments = List.of(Segment.whole(0, 9), new Segment(9, 14, 0, 9), new Segment(14, TOKENS, 0, 9));
        return new PackedBatch(new byte[0], 0, 28, ids, ids, ids, new int[0], segments, new int[0], new int[0], false);
    }

    /** 7 D + I. */
    private static long visionWidths(VisionConfig vision) {
        return 7L * vision.hiddenSize() + vision.intermediateSize();
    }

    /** D + 2 Q + 2 KV + 2 I. */
    private static long decoderWidths(LanguageConfig language) {
        return language.hiddenSize()
                + 2L * language.numHeads() * language.headDim()
                + 2L * language.numKeyValueHeads() * language.headDim()
                + 2L * language.intermediateSize();
    }

    private static long keptBytes(Scope scope, List<? extends Stage> stages, Tensor input, StepInputs in) {
        LayerStage layer = stages.stream()
                .filter(LayerStage.class::isInstance)
                .map(LayerStage.class::cast)
                .findFirst()
                .orElseThrow();
        Tensor[] results = layer.forward(scope, input, layer.weights().slots(), in);
        long bytes = 0;
        for (int i = 1; i < results.length; i++) {
            bytes += results[i].numel() * results[i].dtype().numBytes();
        }
        return bytes;
    }
}
