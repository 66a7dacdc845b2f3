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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The written-out backward pass of each layer, and its attention by pieces, against autograd and attention by masks.
 */
class LayerGradientsTest {

    private static final LoraSpec ADAPTERS = new LoraSpec(3, 6, Set.of(Part.VISION, Part.LANGUAGE));
    private static final DropPath DROP = new DropPath(0.6, 2, 8);

    @BeforeAll
    static void cpuOnly() {
        TestDevice.requireCpu("attention by pieces is a kernel of the CPU");
    }

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
    })
    void equalThoseOfAutograd(Family family, NormType norm, boolean lora, boolean trim) {
        ModelConfig config = TinyModels.config(family, false, norm);
        ModelOptions options = TinyModels.options(DType.FLOAT64);
        try (VisionLanguageModel model = TinyModels.random(config, lora ? options.withLora(ADAPTERS) : options, 1)) {
            compare(model, trim, true);
            compare(model, trim, false);
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

    private static void compare(VisionLanguageModel model, boolean trim, boolean wanted) {
        try (Scope scope = new Scope()) {
            StepInputs pieces = inputs(scope, model, trim, AttentionPlan.Kernel.PIECES);
            StepInputs masks = inputs(scope, model, trim, AttentionPlan.Kernel.MASKS);
            for (LayerStage layer : layers(model)) {
                boolean vision = layer instanceof VisionLayerStage;
                Tensor x = vision ? random(scope, 2, 5, 16) : random(scope, 33, 16);
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
            Scope scope, VisionLanguageModel model, boolean trim, AttentionPlan.Kernel kernel) {
        return new StepInputs(
                scope, batch(trim), model.config().language(), DROP, true, kernel, Device.CPU, DType.FLOAT64);
    }

    private static Outcome run(
            Scope scope, VisionLanguageModel model, LayerStage layer, Tensor x, StepInputs in, boolean wanted) {
        model.parameters().trained().forEach(buffer -> Tensors.zero(buffer.gradients()));
        boolean graphless = !wanted && !layer.weights().trained();
        ForwardPass.Graph graph = Recorder.graph(layer, wanted || graphless ? x : null, x, in);
        Tensor gy = random(scope, graph.output().shape());
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
        return Tensors.of(scope, Device.CPU, values, shape);
    }

    private static void assertClose(String what, double[] found, double[] expected) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(found[i] - expected[i], 2);
            norm += expected[i] * expected[i];
        }
        assertThat(Math.sqrt(difference)).as(what).isLessThanOrEqualTo(1e-12 * Math.sqrt(norm) + 1e-14);
    }
}
