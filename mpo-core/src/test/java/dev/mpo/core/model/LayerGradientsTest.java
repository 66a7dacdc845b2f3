package dev.mpo.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.testkit.TestDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The written-out backward pass of each layer, and its attention by pieces, against autograd and attention by masks.
 */
class LayerGradientsTest {

    private static final Device DEVICE = new Device(TestDevice.name());

    private static final LoraSpec ADAPTERS = new LoraSpec(3, 6, Set.of(Part.VISION, Part.LANGUAGE));
    private static final DropPath DROP = new DropPath(0.6, 2, 8);

    /** Two tiles; a pair with a prefix and two branches, a whole sequence, and a pair whose prefix is scored too. */
    private static PackedBatch batch(boolean trim) {
        byte[] tiles = new byte[2 * 28 * 28 * 3];
        new Random(3).nextBytes(tiles);
        int[] ids = new int[33];
        int[] positions = {
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 6, 7, 8, 9, 10, 11
        };
        List<Segment> segments = List.of(
                Segment.whole(0, 8),
                new Segment(8, 10, 0, 8),
                new Segment(10, 11, 0, 8),
                Segment.whole(11, 19),
                Segment.whole(19, 25),
                new Segment(25, 27, 19, 25),
                new Segment(27, 33, 19, 25));
        int[] scored = {7, 8, 9, 7, 10, 14, 16, 21, 24, 26, 24, 29, 32};
        return new PackedBatch(
                tiles, 2, 28, ids, positions, positions, new int[0], segments, scored, scored.clone(), trim);
    }

    private record Outcome(Tensor output, Tensor inputGradient, Map<String, double[]> gradients) {}

    @ParameterizedTest
    @CsvSource({
        "QWEN2, LAYER_NORM, false, true",
        "QWEN2, RMS_NORM, true, false",
        "INTERNLM2, LAYER_NORM, true, true",
        "INTERNLM2, RMS_NORM, false, true",
        "QWEN3, LAYER_NORM, false, true",
        "QWEN3, LAYER_NORM, true, false",
        "INTERNLM3, LAYER_NORM, false, false",
        "UPSIDE_DOWN, LAYER_NORM, false, true",
    })
    void equalThoseOfAutograd(Family family, NormType norm, boolean lora, boolean trim) {
        ModelConfig config = TinyModels.config(family, false, norm);
        ModelOptions options = TinyModels.options(DType.FLOAT64);
        try (VisionLanguageModel model = TinyModels.random(config, lora ? options.withLora(ADAPTERS) : options, 1)) {
            compare(model, trim, true);
            compare(model, trim, false);
        }
    }

    /** Weights that are neighbours in memory are one product: only matrices are decayed, so no bias lies between. */
    @ParameterizedTest
    @CsvSource({"QWEN2, false", "QWEN2, true", "INTERNLM2, true", "QWEN3, false", "QWEN3, true"})
    void neighboursInMemoryAreMultipliedTogether(Family family, boolean trim) {
        ModelConfig config = TinyModels.config(family, false, NormType.LAYER_NORM, 2);
        ModelOptions options =
                TinyModels.options(DType.FLOAT64).withDecayed((stage, spec) -> spec.kind() == Kind.MATRIX);
        try (VisionLanguageModel model = TinyModels.random(config, options, 1)) {
            boolean packed = family == Family.INTERNLM2;
            Tensor none = model.decoderStages().get(0).weights().slots()[3];
            Tensor[] joined = model.decoderStages().get(0).weights().joined(none);
            assertThat(joined).hasSize(3);
            assertThat(joined[0].numel()).isEqualTo(packed ? 0 : 64 * 32);
            assertThat(joined[2].shape()).containsExactly(96, 32);
            compare(model, trim, true);
            compare(model, trim, false);
        }
        try (VisionLanguageModel apart = TinyModels.random(config, TinyModels.options(DType.FLOAT64), 1)) {
            Tensor none = apart.decoderStages().get(0).weights().slots()[3];
            assertThat(apart.decoderStages().get(0).weights().joined(none)).hasSize(family == Family.QWEN2 ? 0 : 3);
        }
    }

    @Test
    void frozenLayersPassGradientsOn() {
        ModelOptions options = TinyModels.options(DType.FLOAT64).withFrozen(Set.of(Part.VISION, Part.LANGUAGE));
        try (VisionLanguageModel model =
                TinyModels.random(TinyModels.config(Family.QWEN2, false, NormType.RMS_NORM), options, 1)) {
            compare(model, true, true);
        }
    }

    /**
     * In half precision the pass errs little more than autograd does: no tensor twice as much, all together 1.25 times.
     */
    @ParameterizedTest
    @CsvSource({
        "QWEN2, LAYER_NORM, false, true",
        "QWEN2, RMS_NORM, true, false",
        "INTERNLM2, LAYER_NORM, true, true",
        "INTERNLM2, RMS_NORM, false, true",
        "QWEN3, LAYER_NORM, false, true",
        "QWEN3, LAYER_NORM, true, false",
        "INTERNLM3, LAYER_NORM, false, false",
    })
    void halfPrecisionErrsLittleMoreThanAutograd(Family family, NormType norm, boolean lora, boolean trim) {
        ModelConfig config = TinyModels.config(family, false, norm, 2);
        LoraSpec adapters = lora ? ADAPTERS : LoraSpec.NONE;
        AttentionPlan.Kernel kernel = DEVICE.isCpu() ? AttentionPlan.Kernel.PIECES : AttentionPlan.Kernel.VARLEN;
        try (Scope scope = new Scope();
                VisionLanguageModel exact = TinyModels.random(
                        config, TinyModels.options(DType.FLOAT64).withLora(adapters), 1);
                VisionLanguageModel half = TinyModels.random(
                        config, TinyModels.options(DType.BFLOAT16).withLora(adapters), 1)) {
            StepInputs inExact = inputs(scope, exact, trim, AttentionPlan.Kernel.MASKS, DType.FLOAT64);
            StepInputs inWritten = inputs(scope, half, trim, kernel, DType.BFLOAT16);
            StepInputs inAutograd = inputs(scope, half, trim, AttentionPlan.Kernel.MASKS, DType.BFLOAT16);
            for (int i = 0; i < layers(half).size(); i++) {
                LayerStage layer = layers(half).get(i);
                long[] shape = layer instanceof VisionLayerStage ? new long[] {2, 5, 32} : new long[] {33, 32};
                Tensor x = Tensors.to(scope, random(scope, shape), DType.BFLOAT16);
                Tensor xExact = Tensors.to(scope, x, DType.FLOAT64);
                Outcome expected = run(scope, exact, layers(exact).get(i), xExact, inExact, true);
                Outcome written = run(scope, half, layer, x, inWritten, true);
                Outcome autograd = run(scope, half, layer, x, inAutograd, true);
                assertAsClose(layer.name(), values(written), values(autograd), values(expected));
            }
        }
    }

    private static Map<String, double[]> values(Outcome outcome) {
        Map<String, double[]> all = new LinkedHashMap<>(outcome.gradients());
        all.put("output", outcome.output().toDoubleArray());
        all.put("input gradient", outcome.inputGradient().toDoubleArray());
        return all;
    }

    private static void assertAsClose(
            String layer, Map<String, double[]> found, Map<String, double[]> like, Map<String, double[]> expected) {
        assertThat(relativeError(found, expected))
                .as(layer + " as a whole")
                .isLessThanOrEqualTo(1.25 * relativeError(like, expected));
        expected.forEach((name, exact) -> {
            double error = distance(found.get(name), exact);
            double allowed = 2 * distance(like.get(name), exact) + 2e-3 * norm(exact);
            assertThat(error).as(layer + " " + name).isLessThanOrEqualTo(allowed);
        });
    }

    /** Root of the sum, over all tensors, of squared errors relative to the tensor's size. */
    private static double relativeError(Map<String, double[]> found, Map<String, double[]> expected) {
        double sum = 0;
        for (Map.Entry<String, double[]> entry : expected.entrySet()) {
            double size = norm(entry.getValue());
            sum += size > 0 ? Math.pow(distance(found.get(entry.getKey()), entry.getValue()) / size, 2) : 0;
        }
        return Math.sqrt(sum);
    }

    private static void compare(VisionLanguageModel model, boolean trim, boolean wanted) {
        TestDevice.requireCpu("attention by pieces is a kernel of the CPU");
        try (Scope scope = new Scope()) {
            StepInputs pieces = inputs(scope, model, trim, AttentionPlan.Kernel.PIECES, DType.FLOAT64);
            StepInputs masks = inputs(scope, model, trim, AttentionPlan.Kernel.MASKS, DType.FLOAT64);
            for (LayerStage layer : layers(model)) {
                long width = model.config().language().hiddenSize();
                boolean vision = layer instanceof VisionLayerStage;
                Tensor x = vision ? random(scope, 2, 5, width) : random(scope, 33, width);
                Outcome found = run(scope, model, layer, x, pieces, wanted);
                Outcome expected = run(scope, model, layer, x, masks, wanted);
                assertClose(
                        layer.name(),
                        found.output().toDoubleArray(),
                        expected.output().toDoubleArray());
                if (wanted) {
                    assertClose(
                            layer.name() + " input",
                            found.inputGradient().toDoubleArray(),
                            expected.inputGradient().toDoubleArray());
                }
                expected.gradients()
                        .forEach((name, sum) ->
                                assertClose(name, found.gradients().get(name), sum));
            }
        }
    }

    private static List<LayerStage> layers(VisionLanguageModel model) {
        List<Stage> stages = new ArrayList<>(model.visionStages());
        stages.addAll(model.decoderStages());
        return stages.stream()
                .filter(LayerStage.class::isInstance)
                .map(LayerStage.class::cast)
                .toList();
    }

    private static StepInputs inputs(
            Scope scope, VisionLanguageModel model, boolean trim, AttentionPlan.Kernel kernel, DType type) {
        return new StepInputs(scope, batch(trim), model.config().language(), DROP, true, kernel, DEVICE, type);
    }

    private static Outcome run(
            Scope scope, VisionLanguageModel model, LayerStage layer, Tensor x, StepInputs in, boolean wanted) {
        model.parameters().trained().forEach(buffer -> Tensors.zero(buffer.gradients()));
        boolean graphless = !wanted && !layer.weights().trained();
        ForwardPass.Graph graph = Recorder.graph(layer, wanted || graphless ? x : null, x, in);
        Tensor gy = Tensors.to(
                scope, random(scope, graph.output().shape()), graph.output().dtype());
        Tensor gx = graph.kept() != null ? written(scope, layer, gy, x, graph, in) : autograd(scope, layer, gy, graph);
        Map<String, double[]> gradients = new LinkedHashMap<>();
        model.parameters().gradientsByName().forEach((name, g) -> gradients.put(name, g.toDoubleArray()));
        Tensor output = Tensors.toCpu(scope, graph.output(), DType.FLOAT64);
        graph.scope().moveAllTo(scope);
        return new Outcome(output, gx, gradients);
    }

    private static Tensor written(
            Scope scope, LayerStage layer, Tensor gy, Tensor x, ForwardPass.Graph graph, StepInputs in) {
        return layer.backward(scope, gy, x, graph.kept(), in, graph.inputLeaf() != null);
    }

    private static Tensor autograd(Scope scope, LayerStage layer, Tensor gy, ForwardPass.Graph graph) {
        Tensor[] inputs = graph.inputLeaf() == null ? new Tensor[0] : new Tensor[] {graph.inputLeaf()};
        Tensor[] out = Tensors.accumulate(
                scope,
                graph.output(),
                gy,
                inputs,
                graph.parameterLeaves(),
                layer.weights().gradients());
        return out.length == 0 ? gy : out[0];
    }

    private static Tensor random(Scope scope, long... shape) {
        int count = 1;
        for (long n : shape) {
            count *= (int) n;
        }
        Random random = new Random(count);
        double[] values = new double[count];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return Tensors.of(scope, DEVICE, values, shape);
    }

    private static void assertClose(String what, double[] found, double[] expected) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        assertThat(distance(found, expected)).as(what).isLessThanOrEqualTo(1e-12 * norm(expected) + 1e-14);
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < b.length; i++) {
            sum += Math.pow(a[i] - b[i], 2);
        }
        return Math.sqrt(sum);
    }

    private static double norm(double[] a) {
        return distance(a, new double[a.length]);
    }
}
