package dev.mpo.eval.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.data.image.TileGrid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Prompts and tiles against recordings of the real code, for every data set, row and mode. */
class PromptTest {

    private static final Map<String, PromptMode> MODES = Map.of(
            "direct", PromptMode.DIRECT, "cot", PromptMode.COT, "mpo", PromptMode.MPO_AUTO, "mpo_cot", PromptMode.MPO);

    @Test
    void everyQuestionIsPutAsByTheKit() {
        JsonNode recorded = Recordings.json("prompts.json");
        String canned = recorded.get("canned_answer").asText();
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (Map.Entry<String, JsonNode> dataset : recorded.get("datasets").properties()) {
            DataTable table = DataTable.read(Recordings.tsv(dataset.getKey()));
            Map<String, Map<String, Object>> rows = new HashMap<>();
            table.rows().forEach(row -> rows.put(DataTable.text(row, "index").orElseThrow(), row));
            for (JsonNode row : dataset.getValue().get("rows")) {
                for (Map.Entry<String, PromptMode> mode : MODES.entrySet()) {
                    JsonNode expected = row.get(mode.getKey());
                    PromptBuilder builder = new PromptBuilder(dataset.getKey(), table.columns(), mode.getValue());
                    String as = dataset.getKey() + " " + row.get("index") + " " + mode.getKey();
                    String text = builder.text(rows.get(row.get("index").asText()));
                    int images = expected.get("images").size();
                    String question = expected.get("question").isNull()
                            ? "<image>\n" + expected.get("text").asText()
                            : expected.get("question").asText();
                    compared++;
                    check(wrong, as + " text", text, expected.get("text").asText());
                    check(wrong, as + " question", builder.message(text, images), question);
                    check(
                            wrong,
                            as + " canned",
                            builder.answer(canned),
                            expected.get("post_processed_canned").asText());
                    for (int i = 0; i < images; i++) {
                        JsonNode image = expected.get("images").get(i);
                        check(
                                wrong,
                                as + " tiles",
                                builder.mostTiles(images),
                                image.get("max_num").intValue());
                        check(
                                wrong,
                                as + " doubled",
                                i == 0 && builder.doublesFirstImage(),
                                image.get("upscaled").booleanValue());
                        TileGrid grid = TileGrid.closest(
                                image.get("size").get(0).intValue(),
                                image.get("size").get(1).intValue(),
                                TileGrid.candidates(1, builder.mostTiles(images)),
                                448);
                        int tiles = grid.cells() + (grid.cells() == 1 ? 0 : 1);
                        check(wrong, as + " grid", tiles, image.get("tiles").intValue());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(500);
    }

    private static void check(List<String> wrong, String as, Object got, Object expected) {
        if (!got.equals(expected) && wrong.size() < 20) {
            wrong.add(as + "\n  got " + got + "\n  not " + expected);
        }
    }
}
