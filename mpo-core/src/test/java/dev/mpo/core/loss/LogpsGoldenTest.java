package dev.mpo.core.loss;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** The definition of summed log-probabilities, token counts and nll, spelled out over explicit logits. */
final class LogpsGoldenTest {

    private static final int IGNORED = -100;

    @Test
    void summedLogpsCountsAndNllFollowFromLogitsAndShiftedLabels() {
        JsonNode cases = GoldenJson.load("logps.json");
        assertThat(cases).isNotEmpty();
        for (JsonNode example : cases) {
            int length = example.get("length").intValue();
            int vocab = example.get("vocab").intValue();
            double[] logits = GoldenJson.vector(example.get("logits"));
            double allTokens = 0;
            double allLogps = 0;
            for (int row = 0; row < example.get("batch").intValue(); row++) {
                JsonNode labels = example.get("labels").get(row);
                double sum = 0;
                int count = 0;
                for (int t = 1; t < length; t++) {
                    int label = labels.get(t).intValue();
                    if (label != IGNORED) {
                        sum += logSoftmax(logits, (row * length + t - 1) * vocab, vocab, label);
                        count++;
                    }
                }
                assertThat(count).isEqualTo(example.get("counts").get(row).intValue());
                GoldenJson.assertClose(
                        "sum_logps",
                        sum,
                        GoldenJson.number(example.get("sum_logps").get(row)));
                allTokens += count;
                allLogps += sum;
            }
            // No labelled token at all: 0 / 0, which the reference reports as NaN.
            GoldenJson.assertClose("nll", -allLogps / allTokens, GoldenJson.number(example.get("nll")));
        }
    }

    private static double logSoftmax(double[] logits, int start, int vocab, int label) {
        double max = Double.NEGATIVE_INFINITY;
        for (int v = 0; v < vocab; v++) {
            max = Math.max(max, logits[start + v]);
        }
        double sum = 0;
        for (int v = 0; v < vocab; v++) {
            sum += Math.exp(logits[start + v] - max);
        }
        return logits[start + label] - max - Math.log(sum);
    }
}
