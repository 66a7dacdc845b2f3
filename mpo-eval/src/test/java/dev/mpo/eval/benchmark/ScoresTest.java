package dev.mpo.eval.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Scores against recordings of the real code, for every data set and three files of predictions. */
class ScoresTest {

    @Test
    void everyScoreIsThatOfTheKit() {
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (Map.Entry<String, JsonNode> dataset :
                Recordings.json("scores.json").get("datasets").properties()) {
            DataTable table = DataTable.read(Recordings.tsv(dataset.getKey()));
            Optional<Scorer> scorer = Scorer.of(dataset.getKey(), table.columns(), OptionMatcher.NOW);
            if (scorer.isEmpty()) {
                wrong.add(dataset.getKey() + " has no scorer");
                continue;
            }
            for (Map.Entry<String, JsonNode> file : dataset.getValue().properties()) {
                JsonNode result = file.getValue().get("result");
                if (result.has("error")) {
                    continue;
                }
                ScoreTable scores =
                        scorer.get().score(answered(table, file.getValue().get("rows")));
                compared += compare(dataset.getKey() + " " + file.getKey(), scores, result, wrong);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(200);
    }

    private static List<Answered> answered(DataTable table, JsonNode rows) {
        Map<String, String> predictions = new HashMap<>();
        for (JsonNode row : rows) {
            JsonNode read = row.get("prediction_after_xlsx");
            predictions.put(
                    row.get("index").asText(),
                    read == null ? row.get("prediction").asText() : read.asText());
        }
        return table.rows().stream()
                .filter(row ->
                        predictions.containsKey(DataTable.text(row, "index").orElse("")))
                .map(row -> new Answered(
                        row, predictions.get(DataTable.text(row, "index").orElse(""))))
                .toList();
    }

    private static int compare(String as, ScoreTable scores, JsonNode result, List<String> wrong) {
        int compared = 0;
        if (!result.has("columns")) {
            for (Map.Entry<String, JsonNode> metric : result.properties()) {
                check(as + " " + metric.getKey(), scores.metrics().get(metric.getKey()), metric.getValue(), wrong);
                compared++;
            }
            return compared;
        }
        for (JsonNode row : result.get("rows")) {
            boolean split = result.get("columns").get(0).asText().equals("split");
            String name = split ? row.get(0).asText() : ScoreTable.NONE;
            Map<String, Double> metrics = scores.splits().getOrDefault(name, Map.of());
            for (int c = split ? 1 : 0; c < row.size(); c++) {
                String column = result.get("columns").get(c).asText();
                check(as + " " + name + " " + column, metrics.get(column), row.get(c), wrong);
                compared++;
            }
        }
        return compared;
    }

    private static void check(String as, Double got, JsonNode expected, List<String> wrong) {
        double value = expected.isNull() ? Double.NaN : expected.doubleValue();
        boolean same = got != null
                && (Double.isNaN(value)
                        ? Double.isNaN(got)
                        : Math.abs(got - value) <= 1e-9 * Math.max(1, Math.abs(value)));
        if (!same) {
            wrong.add(as + ": got " + got + ", not " + expected);
        }
    }
}
