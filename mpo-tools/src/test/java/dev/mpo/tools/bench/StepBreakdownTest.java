package dev.mpo.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.model.Recompute;
import dev.mpo.core.model.StageTimer.Work;
import dev.mpo.tools.plan.FlopModel;
import dev.mpo.tools.plan.PairFlops;
import dev.mpo.train.config.TrainSettings;
import dev.mpo.train.setup.Placement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepBreakdownTest {

    private static final List<String> KINDS = List.of(
            "data", "vision", "prefix", "branches", "scoring", "reference", "backward", "optimizer", "collectives");

    @Test
    void kindsOfWorkAddUpToTheStep() {
        StepBreakdown breakdown = new StepBreakdown(0.75);
        breakdown.add(
                10,
                Map.of(
                        Work.VISION, 1_000_000_000L,
                        Work.LANGUAGE, 2_000_000_000L,
                        Work.LANGUAGE_BACKWARD, 3_000_000_000L,
                        Work.SCORING_BACKWARD, 500_000_000L),
                Map.of(Work.VISION, 1_000_000_000L, Work.SCORING, 1_000_000_000L));
        assertThat(breakdown.perPair(2, 0.25))
                .isEqualTo(Map.of(
                        "data",
                        0.75,
                        "vision",
                        0.5,
                        "prefix",
                        0.75,
                        "branches",
                        0.25,
                        "scoring",
                        0.0,
                        "reference",
                        1.0,
                        "backward",
                        1.75,
                        "optimizer",
                        0.25,
                        "collectives",
                        0.0));
        assertThat(breakdown.backwardPerPair(2)).isEqualTo(Map.of("vision", 0.0, "language", 1.5, "scoring", 0.25));
    }

    @Test
    void variantsOfABenchmarkComputeTheSameLossInLessArithmetic() {
        BenchOptions options = new BenchOptions(
                "nano",
                new PairShape(2, 12, 9),
                2,
                1,
                0,
                BenchVariant.standard(Recompute.NONE),
                Placement.of(TrainSettings.Precision.FP32),
                1);
        BenchReport report = EngineBench.run(options, done -> {});
        BenchReport.Result plain = report.variants().get(0);
        assertThat(plain.theory()).isEqualTo(1);
        double theory = 1;
        for (BenchReport.Result result : report.variants()) {
            assertThat(result.breakdown().keySet()).containsExactlyElementsOf(KINDS);
            double sum = KINDS.stream()
                    .filter(kind -> !kind.equals("optimizer"))
                    .mapToDouble(kind -> result.breakdown().get(kind))
                    .sum();
            assertThat(sum).isCloseTo(result.medianSeconds(), within(1e-6));
            assertThat(result.theory()).isGreaterThanOrEqualTo(theory);
            theory = result.theory();
        }
        assertThat(report.variants().get(1).loss()).isCloseTo(plain.loss(), within(1e-5 * plain.loss()));
        BenchVariant branched = options.variants().get(1);
        PairFlops flops = new FlopModel(BenchPreset.of("nano"))
                .of(new dev.mpo.tools.plan.PairShape(2, 12, 9, 9), branched.settings());
        Map<String, Double> parts = report.variants().get(1).breakdown();
        assertThat(parts.get("prefix") / parts.get("branches"))
                .isCloseTo(flops.prefix() / flops.branches(), within(1e-9));
    }
}
