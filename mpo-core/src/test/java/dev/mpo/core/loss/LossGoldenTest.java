package dev.mpo.core.loss;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every term and mixture against numbers computed by the reference trainer. */
final class LossGoldenTest {

    @Test
    void everyTermMatchesTheReferenceLossesRewardsAndGradients() {
        JsonNode golden = GoldenJson.load("losses.json");
        assertThat(golden.get("runs")).isNotEmpty();
        for (JsonNode run : golden.get("runs")) {
            String type = run.get("loss_type").textValue();
            double beta = run.get("beta").doubleValue();
            LossTerm term = LossTerm.of(type, beta, run.get("label_smoothing").doubleValue());
            MixedPreferenceLoss loss =
                    new MixedPreferenceLoss(beta, List.of(new MixedPreferenceLoss.Weighted(term, 1)));
            for (int i = 0; i < run.get("batches").size(); i++) {
                String what = type + " beta " + beta + " batch " + i + " ";
                PreferenceBatch batch = GoldenJson.batch(golden.get("batches").get(i));
                JsonNode expected = run.get("batches").get(i);
                assertResult(what, loss.train(batch), expected);
                TermValue value = term.evaluate(batch, loss.rewardMoments().mean());
                GoldenJson.assertClose(what + "losses", value.losses(), expected.get("losses"));
                if (expected.has("running")) {
                    GoldenJson.assertMoments(what, loss.rewardMoments().state(), expected.get("running"));
                }
            }
        }
    }

    private static void assertResult(String what, LossResult actual, JsonNode expected) {
        GoldenJson.assertClose(what + "loss", actual.total(), GoldenJson.number(expected.get("mean_loss")));
        GoldenJson.assertClose(what + "chosen rewards", actual.chosenRewards(), expected.get("chosen_rewards"));
        GoldenJson.assertClose(what + "rejected rewards", actual.rejectedRewards(), expected.get("rejected_rewards"));
        GoldenJson.assertClose(what + "grad chosen", actual.gradChosen(), expected.get("grad_chosen"));
        GoldenJson.assertClose(what + "grad rejected", actual.gradRejected(), expected.get("grad_rejected"));
    }

    @Test
    void everyMixtureMatchesTheReferenceLossMetricsAndGradients() {
        JsonNode batches = GoldenJson.load("losses.json").get("batches");
        JsonNode mixtures = GoldenJson.load("mixtures.json").get("mixtures");
        assertThat(mixtures).isNotEmpty();
        for (JsonNode mixture : mixtures) {
            MixedPreferenceLoss loss = mixture(mixture);
            for (int i = 0; i < mixture.get("batches").size(); i++) {
                String what = mixture.get("loss_type").textValue() + " batch " + i + " ";
                LossResult actual = loss.train(GoldenJson.batch(batches.get(i)));
                JsonNode expected = mixture.get("batches").get(i);
                GoldenJson.assertClose(what + "loss", actual.total(), GoldenJson.number(expected.get("loss")));
                GoldenJson.assertClose(what + "grad chosen", actual.gradChosen(), expected.get("grad_chosen"));
                GoldenJson.assertClose(what + "grad rejected", actual.gradRejected(), expected.get("grad_rejected"));
                if (expected.hasNonNull("grad_nll")) {
                    GoldenJson.assertClose(
                            what + "grad nll", actual.gradNll(), GoldenJson.number(expected.get("grad_nll")));
                }
                assertMetrics(what, actual, expected.get("metrics"));
                if (expected.hasNonNull("running")) {
                    GoldenJson.assertMoments(what, loss.rewardMoments().state(), expected.get("running"));
                }
            }
        }
    }

    private static MixedPreferenceLoss mixture(JsonNode mixture) {
        List<String> types =
                new ArrayList<>(List.of(mixture.get("loss_type").textValue().split(",", -1)));
        List<Double> weights = new ArrayList<>();
        for (String type : types) {
            // The reference applies weights only to a list of several terms.
            weights.add(
                    types.size() == 1 ? 1.0 : mixture.get(type + "_loss_weight").doubleValue());
        }
        if (!mixture.get("rpo_alpha").isNull()) {
            types.add("sft");
            weights.add(mixture.get("rpo_alpha").doubleValue());
        }
        return MixedPreferenceLoss.of(types, weights, mixture.get("beta").doubleValue(), 0);
    }

    private static void assertMetrics(String what, LossResult actual, JsonNode expected) {
        assertMetric(what, "rewards/chosen", actual.meanChosenReward(), expected);
        assertMetric(what, "rewards/rejected", actual.meanRejectedReward(), expected);
        assertMetric(what, "rewards/accuracies", actual.accuracy(), expected);
        assertMetric(what, "rewards/margins", actual.meanMargin(), expected);
        assertMetric(what, "logps/chosen", actual.meanChosenLogps(), expected);
        assertMetric(what, "logps/rejected", actual.meanRejectedLogps(), expected);
        if (expected.has("nll_loss")) {
            assertMetric(what, "nll_loss", actual.nll(), expected);
        }
    }

    private static void assertMetric(String what, String key, double actual, JsonNode expected) {
        GoldenJson.assertClose(what + key, actual, GoldenJson.number(expected.get(key)));
    }

    @Test
    void runningMomentsMatchTheReferenceSequences() {
        for (JsonNode sequence : GoldenJson.load("running_moments.json")) {
            RunningMoments moments = new RunningMoments();
            for (JsonNode update : sequence) {
                moments.update(GoldenJson.vector(update.get("input")));
                GoldenJson.assertMoments(update.get("input").toString(), moments.state(), update);
            }
        }
    }
}
