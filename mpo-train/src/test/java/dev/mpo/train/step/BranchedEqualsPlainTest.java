package dev.mpo.train.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.loss.LossResult;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The fast layout (one prefix, two branches) against the obvious one (two sequences), on random pairs. */
class BranchedEqualsPlainTest {

    private static final Device DEVICE = new Device(TestDevice.name());

    private static final int BATCHES = 20;
    private static final double TINY = 1e-7; // below it a gradient is rounding noise, as for a term that cancels out

    /** How far the two may be apart, relative to the loss and to the norm of each gradient. */
    private record Tolerance(DType type, double loss, double gradient, double floor) {

        static Tolerance of(DType type) {
            return type == DType.FLOAT64
                    ? new Tolerance(type, 1e-9, 1e-9, 1e-14)
                    : new Tolerance(type, 1e-5, 5e-5, TINY);
        }
    }

    private record Outcome(MicroBatchResult result, Map<String, double[]> gradients) {}

    @ParameterizedTest
    @CsvSource({
        "FLOAT64, QWEN2, false, 0",
        "FLOAT64, QWEN2, true, 0",
        "FLOAT64, INTERNLM2, false, 0",
        "FLOAT64, INTERNLM2, true, 32",
        "FLOAT32, QWEN2, false, 0",
        "FLOAT32, QWEN2, true, 0",
        "FLOAT32, INTERNLM2, false, 32",
        "FLOAT64, QWEN3, true, 0",
        "FLOAT32, QWEN3, false, 0",
    })
    void randomBatchesGiveTheSameLossesAndGradients(DType type, Family family, boolean tied, int maxPositions) {
        ModelConfig config = RandomModels.config(family, tied, maxPositions);
        RandomPairs pairs = new RandomPairs(100 + Family.builtIn().indexOf(family));
        try (Models models = new Models(config, type)) {
            for (int i = 0; i < BATCHES; i++) {
                models.compare(pairs.batch(), i % 2 == 0 ? Recompute.FULL : Recompute.NONE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(RandomPairs.Answers.class)
    void everyRelationOfTheTwoAnswersIsExact(RandomPairs.Answers answers) {
        RandomPairs pairs = new RandomPairs(3);
        try (Models models = new Models(RandomModels.config(Family.QWEN2, false, 0), DType.FLOAT64)) {
            for (int i = 0; i < 4; i++) {
                models.compare(List.of(pairs.pair(answers)), Recompute.FULL);
            }
        }
    }

    /** Around the limit each length has frequencies of its own, so such pairs must not share their prefix. */
    @ParameterizedTest
    @CsvSource({"8", "16", "24", "40"})
    void pairsAcrossTheLimitOfDynamicScalingAreExact(int maxPositions) {
        ModelConfig config = RandomModels.config(Family.INTERNLM2, false, maxPositions);
        RandomPairs pairs = new RandomPairs(maxPositions);
        try (Models models = new Models(config, DType.FLOAT64)) {
            for (RandomPairs.Answers answers : RandomPairs.Answers.values()) {
                models.compare(List.of(pairs.pair(answers), pairs.pair(answers)), Recompute.FULL);
            }
        }
    }

    /** A policy, another model as its reference, and the comparison. */
    private static final class Models implements AutoCloseable {
        private final ModelConfig config;
        private final Tolerance tolerance;
        private final VisionLanguageModel policy;
        private final ReferenceModel reference;

        Models(ModelConfig config, DType type) {
            this.config = config;
            this.tolerance = Tolerance.of(type);
            this.policy = RandomModels.draw(config, ModelOptions.trained().on(DEVICE, type), 1);
            this.reference = new CopyReference(RandomModels.draw(config, ModelOptions.frozen(DEVICE, type), 2));
        }

        void compare(List<EncodedPair> pairs, Recompute recompute) {
            Outcome plain = run(pairs, new PlainPacker(RandomModels.IMAGE_TOKEN), Recompute.NONE);
            Outcome branched = run(
                    pairs,
                    new BranchedPacker(
                            RandomModels.IMAGE_TOKEN, (c, r) -> RotaryScaling.differs(config.language(), c, r)),
                    recompute);
            assertThat(branched.result().numTokens())
                    .isLessThanOrEqualTo(plain.result().numTokens());
            assertLosses(pairs, branched.result().loss(), plain.result().loss());
            assertThat(branched.gradients().keySet())
                    .isEqualTo(plain.gradients().keySet());
            plain.gradients()
                    .forEach((name, expected) -> assertGradient(
                            pairs + " " + name, branched.gradients().get(name), expected));
        }

        /** The shift of BCO runs on from batch to batch, so that each run gets a loss of its own. */
        private Outcome run(List<EncodedPair> pairs, BatchPacker packer, Recompute recompute) {
            policy.parameters().trained().forEach(buffer -> Tensors.zero(buffer.gradients()));
            MpoTrainStep step = new MpoTrainStep(
                    policy,
                    reference,
                    RunConfig.defaults().loss().createLoss(),
                    packer,
                    RecomputeChoice.always(recompute),
                    false);
            MicroBatchResult result = step.run(pairs, DropPath.NONE, 1, mean -> new double[] {mean});
            Map<String, double[]> gradients = new LinkedHashMap<>();
            policy.parameters().gradientsByName().forEach((name, g) -> gradients.put(name, g.toDoubleArray()));
            return new Outcome(result, gradients);
        }

        private void assertLosses(List<EncodedPair> pairs, LossResult found, LossResult expected) {
            assertThat(found.total())
                    .as("loss of " + pairs)
                    .isCloseTo(expected.total(), within(tolerance.loss() * Math.abs(expected.total())));
            for (int i = 0; i < expected.chosenLogps().length; i++) {
                assertLogp(found.chosenLogps()[i], expected.chosenLogps()[i]);
                assertLogp(found.rejectedLogps()[i], expected.rejectedLogps()[i]);
            }
        }

        private void assertLogp(double found, double expected) {
            assertThat(found).isCloseTo(expected, within(tolerance.loss() * Math.max(1, Math.abs(expected))));
        }

        private void assertGradient(String what, double[] found, double[] expected) {
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow(found[i] - expected[i], 2);
                norm += expected[i] * expected[i];
            }
            assertThat(Math.sqrt(difference))
                    .as("gradient of " + what + ", whose norm is " + Math.sqrt(norm))
                    .isLessThanOrEqualTo(tolerance.gradient() * Math.sqrt(norm) + tolerance.floor());
        }

        @Override
        public void close() {
            reference.close();
            policy.close();
        }
    }
}
