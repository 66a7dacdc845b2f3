package dev.mpo.eval.pipeline.pairs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.eval.judge.PipelineGoldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pair building from end to end against the recordings. */
final class GoldenPairBuildingTest {

    private static final JsonMapper MAPPER = new JsonMapper();

    @TempDir
    Path folder;

    @Test
    void pairsAreThoseOfTheReference() throws IOException {
        int run = 0;
        for (JsonNode golden : PipelineGoldens.json("postprocess.json")) {
            Path data = Files.createDirectories(folder.resolve("data" + run));
            Path save = folder.resolve("save" + run++);
            String name = golden.get("filename").textValue();
            Files.copy(PipelineGoldens.file(golden.get("input").textValue()), data.resolve(name));
            PairReport report = new PairBuilding(options(golden.get("options")), PipelineGoldens.withInvertedAnls())
                    .run(data, save, (done, total, dataset) -> {})
                    .get(0);

            JsonNode result = golden.get("result");
            String as = golden.get("input").textValue();
            assertThat(report.modes())
                    .as(as)
                    .containsExactlyInAnyOrderElementsOf(PipelineGoldens.each(golden.get("mode"))
                            .map(JsonNode::textValue)
                            .toList());
            check(as, result.get("pairs_correctness"), PairFiles.correctness(save, report.dataset()));
            check(as, result.get("pairs_format"), PairFiles.format(save, report.dataset()));
            check(as, result.get("pos_items"), save.resolve("pos_items").resolve(name));
            check(as, result.get("neg_items"), save.resolve("neg_items").resolve(name));
        }
    }

    private static PairOptions options(JsonNode options) {
        return new PairOptions(
                options.get("answer_fix").booleanValue(),
                options.get("use_correctness_cache").booleanValue(),
                options.get("num_pairs_per_key").intValue(),
                Integer.MAX_VALUE,
                false,
                true,
                Map.of(),
                Path.of(""));
    }

    private static void check(String as, JsonNode expected, Path file) throws IOException {
        if (expected == null || expected.isNull()) {
            assertThat(file).as(as).doesNotExist();
            return;
        }
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            rows.add(MAPPER.readTree(line));
        }
        assertThat(rows)
                .as(as + " " + file.getFileName())
                .containsExactlyInAnyOrderElementsOf(
                        PipelineGoldens.each(expected).toList());
    }
}
