package dev.mpo.train.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.Recompute;
import dev.mpo.core.model.RotaryScaling;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.testkit.TestDevice;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.reference.CopyReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for the numbers of a micro-batch, whatever the pairs, in either layout. */
class MicroBatchTest {

    private static final Device DEVICE = new Device(TestDevice.name());

    private static final ModelConfig CONFIG = RandomModels.config(Family.INTERNLM2, false, 40);
    private static final DropPath DROP = new DropPath(0.6, 2, 9);

    private static VisionLanguageModel policy;
    private static CopyReference reference;

    @BeforeAll
    static void createModels() {
        policy = RandomModels.draw(CONFIG, ModelOptions.trained().on(DEVICE, DType.FLOAT32), 1);
        reference = new CopyReference(RandomModels.draw(CONFIG, ModelOptions.frozen(DEVICE, DType.FLOAT32), 2));
    }

    @AfterAll
    static void closeModels() {
        reference.close();
        policy.close();
    }

    static Stream<BatchPacker> layouts() {
        return Stream.of(
                new PlainPacker(RandomModels.IMAGE_TOKEN),
                new BranchedPacker(
                        RandomModels.IMAGE_TOKEN,
                        (chosen, rejected) -> RotaryScaling.differs(CONFIG.language(), chosen, rejected)));
    }

    private static MicroBatchResult run(List<EncodedPair> pairs, BatchPacker layout, DropPath drop) {
        return run(pairs, layout, drop, "loss.beta=0.1");
    }

    private static MicroBatchResult run(
            List<EncodedPair> pairs, BatchPacker layout, DropPath drop, String... settings) {
        policy.parameters().trained().forEach(buffer -> Tensors.zero(buffer.gradients()));
        return add(pairs, layout, drop, 1, settings);
    }

    private static MicroBatchResult add(
            List<EncodedPair> pairs, BatchPacker layout, DropPath drop, double scale, String... settings) {
        MpoTrainStep step = new MpoTrainStep(
                policy,
                reference,
                RunConfig.load(List.of(), List.of(settings)).loss().createLoss(),
                layout,
                RecomputeChoice.always(Recompute.FULL),
                false);
        return step.run(pairs, drop, scale, mean -> new double[] {mean});
    }

    private static Map<String, double[]> gradients() {
        Map<String, double[]> all = new LinkedHashMap<>();
        policy.parameters().gradientsByName().forEach((name, g) -> all.put(name, g.toDoubleArray()));
        return all;
    }

    private static EncodedPair swapped(EncodedPair pair) {
        return new EncodedPair(
                pair.dataset(),
                pair.line(),
                pair.where(),
                pair.tiles(),
                pair.numTiles(),
                pair.numImageTokens(),
                pair.rejectedIds(),
                pair.rejectedLabelSpans(),
                pair.chosenIds(),
                pair.chosenLabelSpans(),
                pair.rejectedTruncated(),
                pair.chosenTruncated());
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void swappingTheAnswersNegatesTheMargins(BatchPacker layout) {
        RandomPairs random = new RandomPairs(21);
        for (int i = 0; i < 6; i++) {
            List<EncodedPair> pairs = random.batch();
            List<EncodedPair> swapped =
                    pairs.stream().map(MicroBatchTest::swapped).toList();
            double margin = run(pairs, layout, DropPath.NONE).loss().meanMargin();
            assertThat(run(swapped, layout, DropPath.NONE).loss().meanMargin()).isCloseTo(-margin, within(1e-5));
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void theOtherPairsOfABatchDoNotChangeAPairsLogProbabilities(BatchPacker layout) {
        RandomPairs random = new RandomPairs(22);
        List<EncodedPair> pairs = new ArrayList<>();
        for (RandomPairs.Answers answers : RandomPairs.Answers.values()) {
            pairs.add(random.pair(answers));
        }
        for (int start = 0; start < pairs.size(); start += 3) {
            List<EncodedPair> three = pairs.subList(start, start + 3);
            PairLogps together = run(three, layout, DropPath.NONE).policy();
            for (int i = 0; i < 3; i++) {
                PairLogps alone =
                        run(List.of(three.get(i)), layout, DropPath.NONE).policy();
                assertClose(alone.chosen()[0], together.chosen()[i]);
                assertClose(alone.rejected()[0], together.rejected()[i]);
            }
        }
    }

    private static void assertClose(double found, double expected) {
        assertThat(found).isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void gradientsOfPartsOfABatchAddUp(BatchPacker layout) {
        List<EncodedPair> pairs = new ArrayList<>();
        RandomPairs random = new RandomPairs(23);
        for (int i = 0; i < 8; i++) {
            pairs.add(random.pair());
        }
        String[] sigmoid = {"loss.type=[\"sigmoid\"]", "loss.weights=[1]"};
        run(pairs, layout, DropPath.NONE, sigmoid);
        Map<String, double[]> whole = gradients();
        policy.parameters().trained().forEach(buffer -> Tensors.zero(buffer.gradients()));
        for (int i = 0; i < 8; i += 2) {
            add(pairs.subList(i, i + 2), layout, DropPath.NONE, 0.25, sigmoid);
        }
        gradients().forEach((name, found) -> {
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).as(name + "[" + i + "]").isCloseTo(whole.get(name)[i], within(1e-5));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void aSeedDropsTheSamePathsAgain(BatchPacker layout) {
        TestDevice.requireCpu("a GPU adds in no fixed order: gradients are not the same bits twice");
        RandomPairs random = new RandomPairs(24);
        List<EncodedPair> pairs = new ArrayList<>();
        while (pairs.stream().mapToInt(EncodedPair::numTiles).sum() < 6) {
            pairs.add(random.pair());
        }
        double first = run(pairs, layout, DROP).loss().total();
        Map<String, double[]> gradients = gradients();
        assertThat(run(pairs, layout, DROP).loss().total()).isEqualTo(first);
        gradients().forEach((name, found) -> assertThat(found).as(name).isEqualTo(gradients.get(name)));
        assertThat(run(pairs, layout, new DropPath(0.6, 2, 10)).loss().total()).isNotEqualTo(first);
    }
}
