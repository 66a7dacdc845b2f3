package dev.mpo.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.NormType;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.testkit.TestDevice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineTest {

    private static final Device DEVICE = new Device(TestDevice.name());

    private static final int[] PROMPT = {1, 5, 7, 7, 7, 7, 6, 9, 3, 11};
    private static final int[] CHOSEN = {20, 21, 22, 2};
    private static final int[] REJECTED = {20, 30, 2};

    /** Two whole sequences, or a prefix with two branches; both score the labels of both answers. */
    private static PackedBatch batch(boolean branched) {
        byte[] tile = new byte[28 * 28 * 3];
        new Random(3).nextBytes(tile);
        return branched ? branched(tile) : whole(tile);
    }

    private static PackedBatch whole(byte[] tile) {
        byte[] tiles = new byte[2 * tile.length];
        System.arraycopy(tile, 0, tiles, 0, tile.length);
        System.arraycopy(tile, 0, tiles, tile.length, tile.length);
        int c = PROMPT.length + CHOSEN.length;
        int r = PROMPT.length + REJECTED.length;
        int[] ids = new int[c + r];
        System.arraycopy(PROMPT, 0, ids, 0, PROMPT.length);
        System.arraycopy(CHOSEN, 0, ids, PROMPT.length, CHOSEN.length);
        System.arraycopy(PROMPT, 0, ids, c, PROMPT.length);
        System.arraycopy(REJECTED, 0, ids, c + PROMPT.length, REJECTED.length);
        int[] positions = new int[c + r];
        int[] lengths = new int[c + r];
        for (int i = 0; i < c + r; i++) {
            positions[i] = i < c ? i : i - c;
            lengths[i] = i < c ? c : r;
        }
        int[] rows = {9, 10, 11, 12, c + 9, c + 10, c + 11};
        int[] labels = {20, 21, 22, 2, 20, 30, 2};
        int[] imageRows = {2, 3, 4, 5, c + 2, c + 3, c + 4, c + 5};
        List<Segment> segments = List.of(Segment.whole(0, c), Segment.whole(c, c + r));
        return new PackedBatch(tiles, 2, 28, ids, positions, lengths, imageRows, segments, rows, labels, false);
    }

    private static PackedBatch branched(byte[] tile) {
        int[] ids = {1, 5, 7, 7, 7, 7, 6, 9, 3, 11, 20, 21, 22, 30};
        int[] positions = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 11};
        int[] lengths = new int[14];
        java.util.Arrays.fill(lengths, 14);
        List<Segment> segments = List.of(Segment.whole(0, 11), new Segment(11, 13, 0, 11), new Segment(13, 14, 0, 11));
        int[] rows = {9, 10, 11, 12, 9, 10, 13};
        int[] labels = {20, 21, 22, 2, 20, 30, 2};
        int[] imageRows = {2, 3, 4, 5};
        return new PackedBatch(tile, 1, 28, ids, positions, lengths, imageRows, segments, rows, labels, true);
    }

    private static final double[] COEFFICIENTS = {0.3, -0.2, 0.5, 0.1, -0.4, 0.25, 0.15};

    private static double[] run(VisionLanguageModel model, PackedBatch batch, Recompute recompute, DropPath drop) {
        try (ForwardPass pass = model.forward(batch, recompute, recompute == Recompute.NONE, drop)) {
            double[] logps = pass.logps();
            model.backward(pass, COEFFICIENTS);
            return logps;
        }
    }

    private static Map<String, double[]> gradients(VisionLanguageModel model) {
        Map<String, double[]> all = new LinkedHashMap<>();
        model.parameters().gradientsByName().forEach((name, g) -> all.put(name, g.toDoubleArray()));
        return all;
    }

    private static Map<String, double[]> gradients(VisionLanguageModel model, PackedBatch batch, Recompute recompute) {
        model.parameters().trained().forEach(b -> dev.mpo.core.tensor.Tensors.zero(b.gradients()));
        run(model, batch, recompute, DropPath.NONE);
        return gradients(model);
    }

    @ParameterizedTest
    @CsvSource({
        "QWEN2, false, LAYER_NORM",
        "QWEN2, true, RMS_NORM",
        "INTERNLM2, false, LAYER_NORM",
        "INTERNLM2, true, RMS_NORM",
        "QWEN3, false, LAYER_NORM",
        "QWEN3, true, RMS_NORM",
        "INTERNLM3, false, LAYER_NORM"
    })
    void branchesRecomputationAndWholeSequencesAgreeInDoublePrecision(Family family, boolean tied, NormType norm) {
        try (VisionLanguageModel model =
                TinyModels.random(TinyModels.config(family, tied, norm), TinyModels.options(DType.FLOAT64), 1)) {
            double[] logps = model.score(batch(false));
            double[] branchedLogps = model.score(batch(true));
            for (int i = 0; i < logps.length; i++) {
                assertThat(branchedLogps[i]).isCloseTo(logps[i], within(1e-12));
            }
            Map<String, double[]> plain = gradients(model, batch(false), Recompute.NONE);
            for (Recompute recompute : Recompute.values()) {
                assertClose(gradients(model, batch(true), recompute), plain);
                assertClose(gradients(model, batch(false), recompute), plain);
            }
        }
    }

    private static void assertClose(Map<String, double[]> found, Map<String, double[]> expected) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, values) -> {
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < values.length; i++) {
                difference += Math.pow(found.get(name)[i] - values[i], 2);
                norm += values[i] * values[i];
            }
            assertThat(Math.sqrt(difference)).as(name).isLessThanOrEqualTo(1e-9 * Math.sqrt(norm) + 1e-14);
        });
    }

    @ParameterizedTest
    @CsvSource({"QWEN2, false, LAYER_NORM", "INTERNLM2, true, RMS_NORM", "QWEN3, true, LAYER_NORM"})
    void gradientsMatchCentralDifferences(Family family, boolean tied, NormType norm) {
        try (VisionLanguageModel model =
                TinyModels.random(TinyModels.config(family, tied, norm), TinyModels.options(DType.FLOAT64), 2)) {
            PackedBatch batch = batch(true);
            Map<String, double[]> analytic = gradients(model, batch, Recompute.FULL);
            Map<String, Tensor> weights = model.parameters().byName();
            Random random = new Random(5);
            analytic.forEach((name, gradient) -> {
                int i = random.nextInt(gradient.length);
                boolean padding = name.equals("language.embeddings.weight");
                if (!padding) {
                    double numeric = numeric(model, batch, weights.get(name), i);
                    assertThat(gradient[i]).as(name + "[" + i + "]").isCloseTo(numeric, within(1e-7));
                }
            });
        }
    }

    private static double numeric(VisionLanguageModel model, PackedBatch batch, Tensor weight, int index) {
        double step = 1e-5;
        double[] values = weight.toDoubleArray();
        double value = values[index];
        values[index] = value + step;
        set(weight, values);
        double up = weighted(model.score(batch));
        values[index] = value - step;
        set(weight, values);
        double down = weighted(model.score(batch));
        values[index] = value;
        set(weight, values);
        return (up - down) / (2 * step);
    }

    private static void set(Tensor weight, double... values) {
        try (Scope scope = new Scope()) {
            Tensors.copy(Tensors.of(scope, DEVICE, values, values.length), weight);
        }
    }

    private static double weighted(double[] logps) {
        double sum = 0;
        for (int i = 0; i < logps.length; i++) {
            sum += COEFFICIENTS[i] * logps[i];
        }
        return sum;
    }

    @Test
    void freezingPartsLeavesTheOtherGradientsUnchanged() {
        var config = TinyModels.config(Family.QWEN2, false, NormType.LAYER_NORM);
        Map<String, double[]> all;
        try (VisionLanguageModel model = TinyModels.random(config, TinyModels.options(DType.FLOAT64), 1)) {
            all = gradients(model, batch(true), Recompute.FULL);
        }
        for (Part kept : Part.values()) {
            Set<Part> frozen = new java.util.HashSet<>(Set.of(Part.values()));
            frozen.remove(kept);
            for (Recompute recompute : Recompute.values()) {
                try (VisionLanguageModel model = TinyModels.random(
                        config, TinyModels.options(DType.FLOAT64).withFrozen(frozen), 1)) {
                    Map<String, double[]> some = gradients(model, batch(true), recompute);
                    assertThat(some).isNotEmpty();
                    Map<String, double[]> expected = new LinkedHashMap<>(all);
                    expected.keySet().retainAll(some.keySet());
                    assertClose(some, expected);
                }
            }
        }
    }

    @Test
    void recomputedLayersDropTheSamePaths() {
        var config = TinyModels.config(Family.QWEN2, false, NormType.LAYER_NORM);
        DropPath drop = new DropPath(0.7, 2, 11);
        try (VisionLanguageModel model = TinyModels.random(config, TinyModels.options(DType.FLOAT64), 1)) {
            double[] first = run(model, batch(false), Recompute.NONE, drop);
            Map<String, double[]> kept = gradients(model);
            model.parameters().trained().forEach(b -> dev.mpo.core.tensor.Tensors.zero(b.gradients()));
            assertThat(run(model, batch(false), Recompute.FULL, drop)).isEqualTo(first);
            assertClose(gradients(model), kept);
            assertThat(model.score(batch(false))).isNotEqualTo(first);
        }
    }

    @Test
    void passesLeaveNoTensorsBehind() {
        var config = TinyModels.config(Family.INTERNLM2, false, NormType.RMS_NORM);
        try (VisionLanguageModel model = TinyModels.random(config, TinyModels.options(DType.FLOAT32), 1)) {
            long before = Scope.numLiveTensors();
            for (int i = 0; i < 4; i++) {
                run(model, batch(i % 2 == 0), Recompute.values()[i / 2], new DropPath(0.5, 2, i));
                model.score(batch(true));
            }
            assertThat(Scope.numLiveTensors()).isEqualTo(before);
        }
    }

    @Test
    void modelsThatShareFrozenImagesScoreAsIfTheyDidNot() {
        var config = TinyModels.config(Family.QWEN2, false, NormType.LAYER_NORM);
        ModelOptions frozenImages = TinyModels.options(DType.FLOAT64).withFrozen(Set.of(Part.VISION, Part.PROJECTOR));
        long before = Scope.numLiveTensors();
        try (VisionLanguageModel alone = TinyModels.random(config, frozenImages, 1);
                VisionLanguageModel lender = TinyModels.random(config, frozenImages, 1);
                VisionLanguageModel borrower = VisionLanguageModel.createSharingImages(
                        config, ModelOptions.frozen(DEVICE, DType.FLOAT64), lender)) {
            alone.parameters().byName().forEach((name, weight) -> {
                Tensor target = borrower.parameters().byName().get(name);
                dev.mpo.core.tensor.Tensors.copy(weight, target);
            });
            Map<String, double[]> expected = gradients(alone, batch(true), Recompute.NONE);
            for (int round = 0; round < 2; round++) {
                PackedBatch batch = batch(true);
                assertThat(borrower.score(batch)).isEqualTo(alone.score(batch));
                assertClose(gradients(lender, batch, Recompute.NONE), expected);
                assertThat(lender.timer().nanos()).containsKey(StageTimer.Work.VISION);
                assertThat(borrower.timer().nanos()).doesNotContainKey(StageTimer.Work.VISION);
            }
        }
        assertThat(Scope.numLiveTensors()).isEqualTo(before);
    }
}
