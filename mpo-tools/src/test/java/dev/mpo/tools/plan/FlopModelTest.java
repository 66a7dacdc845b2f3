package dev.mpo.tools.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.LoraSpec;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.Recompute;
import dev.mpo.tools.bench.BenchPreset;
import dev.mpo.train.config.ReferenceSettings.Mode;
import java.util.Set;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The count of operations, against hand computations and the figures of a separate prototype. */
class FlopModelTest {

    private static final double TERA = 1e12;

    /**
     * nano: vision 64 wide, 256 inner, 2 layers, 65 tokens per tile; decoder 96 wide, 256 inner, 3 layers, 4 query and
     * 2 key-value heads of 24; vocabulary 512. One tile gives 16 visual tokens. With 5 text tokens before two answers
     * of 3 tokens the stream has a prefix of 21 and two branches of 2 tokens.
     */
    @Test
    void theForwardPassIsTheSumOfItsMatrixProducts() {
        PairFlops flops = new FlopModel(BenchPreset.of("nano")).of(new PairShape(1, 5, 3, 3), PlanSettings.of(false));
        double patchEmbedding = 2.0 * 64 * (3 * 14 * 14) * 64;
        double visionLayer = 2.0 * 65 * (3 * 64 * 64 + 64 * 64 + 2 * 64 * 256) + 4.0 * 65 * 65 * 64;
        double projector = 2.0 * 16 * (256 * 96 + 96 * 96);
        assertThat(flops.vision()).isEqualTo(patchEmbedding + 2 * visionLayer + projector);
        double keyValue = 2.0 * 96 * 2 * 48;
        double rest = 2.0 * (2 * 96 * 96 + 3 * 96 * 256);
        double prefixLayer = 21 * (keyValue + rest) + 4.0 * 96 * (21 * 22 / 2);
        double prefixLast = 21 * keyValue + rest + 4.0 * 96 * 21;
        assertThat(flops.prefix()).isEqualTo(2 * prefixLayer + prefixLast);
        double branchLayer = 2 * (keyValue + rest) + 4.0 * 96 * (22 + 23);
        assertThat(flops.branches()).isEqualTo(2 * 3 * branchLayer);
        assertThat(flops.head()).isEqualTo(2.0 * 6 * 96 * 512);
        assertThat(flops.backward()).isEqualTo(2 * flops.forward());
        assertThat(flops.recompute()).isZero();
        assertThat(flops.reference()).isEqualTo(flops.forward());
    }

    @Test
    void twoWholeSequencesCountEverythingTwice() {
        PlanSettings plain = PlanSettings.of(false).withBranched(false);
        PairFlops flops = new FlopModel(BenchPreset.of("nano")).of(new PairShape(1, 5, 3, 3), plain);
        double layer = 24 * 2.0 * (96 * 96 + 2 * 96 * 48 + 96 * 96 + 3 * 96 * 256) + 4.0 * 96 * (24 * 25 / 2);
        assertThat(flops.prefix()).isEqualTo(2 * 3 * layer);
        assertThat(flops.branches()).isZero();
        assertThat(flops.head()).isEqualTo(2.0 * 2 * 23 * 96 * 512);
        PairFlops branched =
                new FlopModel(BenchPreset.of("nano")).of(new PairShape(1, 5, 3, 3), PlanSettings.of(false));
        assertThat(flops.vision()).isEqualTo(2 * branched.vision());
    }

    @Test
    void agreesWithTheFiguresOfThePrototype() {
        check("InternVL2_5-1B", 72.9, 35.4, 28.3, 21.3);
        check("InternVL2_5-8B", 377, 198, 158, 119);
    }

    private static void check(String name, double plain, double branched, double cached, double kept) {
        FlopModel model = new FlopModel(ModelConfig.published(name));
        PlanSettings settings = PlanSettings.of(true).withRecompute(Recompute.FULL);
        PairShape pair = PairShape.typical();
        Percentage few = Percentage.withPercentage(3);
        assertThat(model.of(pair, settings.withBranched(false)).total() / TERA).isCloseTo(plain, few);
        assertThat(model.of(pair, settings).total() / TERA).isCloseTo(branched, few);
        PlanSettings withCache = settings.withReference(Mode.CACHED);
        assertThat(model.of(pair, withCache).total() / TERA).isCloseTo(cached, few);
        assertThat(model.of(pair, withCache.withRecompute(Recompute.NONE)).total() / TERA)
                .isCloseTo(kept, few);
    }

    @Test
    void theArithmeticOfMicroAllowsTheStatedRatios() {
        FlopModel model = new FlopModel(BenchPreset.of("micro"));
        PlanSettings settings = PlanSettings.of(false);
        PairShape pair = PairShape.typical();
        double plain = model.of(pair, settings.withBranched(false)).total();
        double cached = model.of(pair, settings.withReference(Mode.CACHED)).total();
        assertThat(plain / model.of(pair, settings).total()).isCloseTo(2.06, within(0.06));
        assertThat(plain / cached).isCloseTo(2.76, within(0.08));
    }

    @Test
    void frozenPartsHaveNoBackwardPassBelowTheLowestTrainedOne() {
        FlopModel model = new FlopModel(BenchPreset.of("nano"));
        PairShape pair = PairShape.of(7, 80, 250);
        PlanSettings settings = PlanSettings.of(false).withRecompute(Recompute.FULL);
        PairFlops frozen = model.of(pair, settings.withTrained(Set.of(Part.VISION, Part.PROJECTOR), LoraSpec.NONE));
        assertThat(frozen.backward()).isEqualTo(2 * (frozen.prefix() + frozen.branches() + frozen.head()));
        assertThat(frozen.recompute()).isEqualTo(frozen.prefix() + frozen.branches() + frozen.head());
        PairFlops language = model.of(pair, settings.withTrained(Set.of(Part.LANGUAGE), LoraSpec.NONE));
        assertThat(language.backward())
                .isEqualTo(2 * language.vision() + language.prefix() + language.branches() + language.head());
    }

    @Test
    void adaptersSaveTheGradientsOfTheWeights() {
        FlopModel model = new FlopModel(BenchPreset.of("nano"));
        PairShape pair = PairShape.of(7, 80, 250);
        PlanSettings full = PlanSettings.of(false).withTrained(Set.of(Part.VISION, Part.PROJECTOR), LoraSpec.NONE);
        LoraSpec lora = new LoraSpec(1, 2, Set.of(Part.LANGUAGE));
        PairFlops adapted = model.of(pair, full.withTrained(full.frozen(), lora));
        assertThat(adapted.backward())
                .isBetween(
                        0.5 * model.of(pair, full).backward(),
                        0.6 * model.of(pair, full).backward());
    }
}
