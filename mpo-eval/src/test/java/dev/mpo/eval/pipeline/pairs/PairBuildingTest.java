package dev.mpo.eval.pipeline.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pair building on rows written here. */
final class PairBuildingTest {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final PairBuilding.Progress SILENT = (done, total, dataset) -> {};

    @TempDir
    Path folder;

    private Path data;
    private Path save;

    @BeforeEach
    void makeFolders() throws IOException {
        data = Files.createDirectories(folder.resolve("data"));
        save = folder.resolve("save");
    }

    @Test
    void rightAnswersMeetWrongAndUnreadableOnes() throws IOException {
        write(
                "demo",
                response("q", "7", "I count.\nSo:\nFinal answer: 7"),
                response("q", "7", "I guess.\nSo:\nFinal answer: 3"),
                response("other", "7", "I guess.\nSo:\nFinal answer: 3"),
                response("q", "7", "Seven, I think."));

        PairReport report = build(PairOptions.defaults());

        assertThat(report.right()).isEqualTo(1);
        assertThat(report.wrong()).isEqualTo(2);
        assertThat(report.unreadable()).isEqualTo(1);
        assertThat(rows("raw/demo_pairs_vqa_correctness_rules"))
                .extracting(pair -> pair.get("rejected").textValue())
                .containsExactly("I guess.\nSo:\nFinal answer: 3");
        assertThat(rows("raw/demo_pairs_vqa_format_rules"))
                .extracting(pair -> pair.get("rejected").textValue())
                .containsExactly("Seven, I think.");
        assertThat(rows("neg_items/demo"))
                .extracting(row -> row.get("question").textValue())
                .containsExactly("other");
    }

    @Test
    void wrongAnswersThatContainTheRightOneAreSkipped() throws IOException {
        write("demo", response("q", "7", "a\nb\nFinal answer: 7"), response("q", "7", "a\nb\nFinal answer: 70 or 8"));

        PairReport report = build(PairOptions.defaults());

        assertThat(report.correctness().entailed()).isEqualTo(1);
        assertThat(save.resolve("raw/demo_pairs_vqa_correctness_rules.jsonl")).doesNotExist();
    }

    @Test
    void theFirstOfEqualPairsSurvivesWithItsMeta() throws IOException {
        ObjectNode first = response("q", "7", "a\nb\nFinal answer: 7").put("meta", "first");
        ObjectNode second = first.deepCopy().put("meta", "second");
        write("demo", first, second, response("q", "7", "a\nb\nFinal answer: 3"));

        PairReport report = build(PairOptions.defaults());

        assertThat(report.correctness()).isEqualTo(new PairReport.Pairs(1, 0, 1, 0));
        assertThat(rows("raw/demo_pairs_vqa_correctness_rules")
                        .get(0)
                        .get("chosen_meta")
                        .textValue())
                .isEqualTo("first");
    }

    @Test
    void thePairsKeptOfAKeyDoNotDependOnOtherKeys() throws IOException {
        List<ObjectNode> key = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            key.add(response("q", "7", "try " + i + "\nb\nFinal answer: " + (i % 2 == 0 ? 7 : 30 + i)));
        }
        write("alone", key.toArray(ObjectNode[]::new));
        List<ObjectNode> mixed = new ArrayList<>();
        for (ObjectNode row : key) {
            mixed.add(response("other" + mixed.size(), "1", "x\ny\nFinal answer: 1"));
            mixed.add(row);
        }
        write("mixed", mixed.toArray(ObjectNode[]::new));

        new PairBuilding(new PairOptions(false, false, 5, 1000, false, false, Map.of(), folder))
                .run(data, save, SILENT);

        List<JsonNode> pairs = rows("raw/alone_pairs_vqa_correctness_rules");
        assertThat(pairs).hasSize(5).doesNotHaveDuplicates();
        assertThat(rows("raw/mixed_pairs_vqa_correctness_rules")).isEqualTo(pairs);
    }

    @Test
    void fixedAnswersTeachTheFormOfTheGroundTruth() throws IOException {
        write(
                "demo",
                response("q", "B", "a\nb\n**Final answer: B. cat**"),
                response("q", "B", "a\nb\nFinal answer: C"));

        build(new PairOptions(true, false, 15, 1000, false, false, Map.of(), folder));

        assertThat(rows("raw/demo_pairs_vqa_correctness_rules")
                        .get(0)
                        .get("chosen")
                        .textValue())
                .isEqualTo("a\nb\nFinal answer: B");
    }

    @Test
    void solutionsHelpWhereNoAnswerIsRight() throws IOException {
        write("m3cot", response("q", "7", "a\nb\nFinal answer: 3"));
        Path solutions = folder.resolve("solutions.jsonl");
        Files.writeString(solutions, response("q", "7", "known\nway\nFinal answer: 7") + "\n");

        PairReport report =
                build(new PairOptions(false, false, 15, 1000, false, false, Map.of("m3cot", solutions), folder));

        assertThat(report.correctness().written()).isEqualTo(1);
    }

    @Test
    void theMetaFileIsReadyForTraining() throws IOException {
        write("demo", response("q", "7", "a\nb\nFinal answer: 7"), response("q", "7", "a\nb\nFinal answer: 3"));
        build(PairOptions.defaults());

        JsonNode meta = MAPPER.readTree(save.resolve("meta.json").toFile());

        assertThat(meta.fieldNames()).toIterable().containsExactly("demo_pairs_vqa_correctness_rules");
        assertThat(meta.at("/demo_pairs_vqa_correctness_rules/length").intValue())
                .isEqualTo(1);
        assertThat(save.resolve(
                        meta.at("/demo_pairs_vqa_correctness_rules/annotation").textValue()))
                .exists();
    }

    @Test
    void finishedFilesAreSkippedUnlessOverwritten() throws IOException {
        write("demo", response("q", "7", "a\nb\nFinal answer: 7"), response("q", "7", "a\nb\nFinal answer: 3"));
        build(PairOptions.defaults());

        assertThat(build(PairOptions.defaults()).skipped()).isTrue();
        assertThat(build(new PairOptions(false, false, 15, 1000, true, false, Map.of(), folder))
                        .skipped())
                .isFalse();
    }

    @Test
    void manyLinesMeanFewerPairsPerKey() {
        assertThat(PairOptions.defaults().pairsPerKey(500_000)).isEqualTo(15);
        assertThat(PairOptions.defaults().pairsPerKey(500_001)).isEqualTo(3);
    }

    @Test
    void aBadLineIsLeftOutAndCounted() throws IOException {
        Files.writeString(
                data.resolve("demo.jsonl"),
                response("q", "7", "why\nhow\nFinal answer: 7") + "\n{\"question\": \"q\"}\n"
                        + response("q", "7", "why\nhow\nFinal answer: 8") + "\nno json\n");

        PairReport report = build(PairOptions.defaults());
        assertThat(report.badLines()).isEqualTo(2);
        assertThat(report.correctness().written()).isEqualTo(1);
    }

    /** A model that repeats itself ends nothing but its own answer. */
    @Test
    void answersThatLoopStandOnNeitherSide() throws IOException {
        write(
                "demo",
                response("q", "$x^2$", "why\nhow\nFinal answer: $x^{2}$"),
                response("q", "$x^2$", "why\nhow\nFinal answer: $x^3$"),
                response("q", "$x^2$", "why\nhow\nFinal answer: $" + "x".repeat(1_025) + "$"),
                response("q", "$x^2$", "why\nhow\nFinal answer: $" + "1+".repeat(635) + "1$"));

        PairReport report = build(PairOptions.defaults());
        assertThat(List.of(report.right(), report.wrong(), report.undecided())).containsExactly(1L, 1L, 2L);
        assertThat(report.correctness().written()).isEqualTo(1);
        assertThat(report.undecidedShare()).isEqualTo(0.5);
    }

    @Test
    void aFileWithoutAnyUsableLineIsAnErrorThatNamesOne() throws IOException {
        Files.writeString(data.resolve("demo.jsonl"), "{\"question\": 7}\n{\"question\": \"q\"}\n");

        assertThatThrownBy(() -> build(PairOptions.defaults()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("demo.jsonl:1");
        assertThat(save.resolve("raw")).isEmptyDirectory();
    }

    @Test
    void aMissingFolderIsAMistakeOfUse() {
        assertThatThrownBy(() -> new PairBuilding(PairOptions.defaults()).run(folder.resolve("nowhere"), save, SILENT))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--data-dir");
    }

    private PairReport build(PairOptions options) {
        return new PairBuilding(options).run(data, save, SILENT).get(0);
    }

    private static ObjectNode response(String question, String answer, String response) {
        return MAPPER.createObjectNode()
                .put("question", question)
                .put("answer", answer)
                .put("response", response);
    }

    private void write(String dataset, ObjectNode... rows) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (ObjectNode row : rows) {
            lines.append(row).append('\n');
        }
        Files.writeString(data.resolve(dataset + ".jsonl"), lines);
    }

    private List<JsonNode> rows(String file) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(save.resolve(file + ".jsonl"))) {
            rows.add(MAPPER.readTree(line));
        }
        return rows;
    }
}
