package dev.mpo.data.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticDatasetTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SyntheticDataset.Options OPTIONS = new SyntheticDataset.Options(7, 300, 60, 64);

    @TempDir
    static Path folder;

    @BeforeAll
    static void drawOnce() {
        SyntheticDataset.write(folder, OPTIONS);
    }

    @Test
    void sameSeedWritesTheSameBytes(@TempDir Path again) throws IOException {
        SyntheticDataset.write(again, OPTIONS);
        assertThat(contents(again)).isEqualTo(contents(folder));
    }

    @Test
    void anotherSeedWritesOtherPictures(@TempDir Path other) throws IOException {
        SyntheticDataset.write(other, new SyntheticDataset.Options(8, 300, 60, 64));
        assertThat(contents(other).keySet()).isEqualTo(contents(folder).keySet());
        assertThat(contents(other)).isNotEqualTo(contents(folder));
    }

    @Test
    void metaFilesListEveryKindWithItsRealLength() throws IOException {
        for (String name : List.of("meta.json", "meta.heldout.json")) {
            JsonNode meta = JSON.readTree(folder.resolve(name).toFile());
            assertThat(meta.size()).isEqualTo(QuestionKind.values().length);
            int total = 0;
            for (JsonNode entry : meta) {
                assertThat(entry.get("annotation").asText()).endsWith(".jsonl");
                int rows = rows(entry).size();
                assertThat(rows).isPositive().isEqualTo(entry.get("length").asInt());
                total += rows;
            }
            assertThat(total).isEqualTo(name.equals("meta.json") ? 300 : 60);
        }
    }

    @Test
    void everyRowHasTwoDifferentAnswersAndMatchingPlaceholders() throws IOException {
        for (JsonNode row : allRows()) {
            assertThat(row.get("question").asText()).isNotBlank();
            assertThat(row.get("chosen").asText()).contains(row.get("answer_gt").asText());
            assertThat(row.get("rejected").asText())
                    .isNotBlank()
                    .doesNotContain(row.get("answer_gt").asText());
            int placeholders = row.get("question").asText().split("<image>", -1).length - 1;
            int images = images(row).size();
            assertThat(placeholders).isEqualTo(images > 1 ? images : 0);
        }
    }

    @Test
    void everyPictureDecodesAtTheAskedSize() throws IOException {
        Set<Integer> widths = new HashSet<>();
        for (JsonNode row : allRows()) {
            for (Path file : images(row)) {
                var image = ImageIO.read(file.toFile());
                assertThat(image.getHeight()).isEqualTo(64);
                widths.add(image.getWidth());
            }
        }
        assertThat(widths).containsExactlyInAnyOrder(64, 128);
    }

    @Test
    void allThreePathsAreExercised() throws IOException {
        assertThat(allRows().stream().map(row -> images(row).size())).contains(0, 1, 2);
    }

    @Test
    void heldOutPicturesAndTextQuestionsNeverOccurInTraining() throws IOException {
        Set<String> train = inputs("meta.json");
        Set<String> heldOut = inputs("meta.heldout.json");
        assertThat(heldOut).isNotEmpty().doesNotContainAnyElementsOf(train);
    }

    @Test
    void questionsAloneDoNotRevealTheAnswer() throws IOException {
        Map<String, Integer> advantage = new HashMap<>();
        int pairs = 0;
        for (JsonNode row : rows(entry("meta.json", QuestionKind.COLOUR))) {
            String right = row.get("answer_gt").asText();
            String wrong = row.get("rejected").asText().replaceAll(".* (\\w+)\\.", "$1");
            boolean ordered = right.compareTo(wrong) < 0;
            advantage.merge(ordered ? right + wrong : wrong + right, ordered ? 1 : -1, Integer::sum);
            pairs++;
        }
        double best = advantage.values().stream().mapToInt(Math::abs).sum() / (double) pairs;
        assertThat(0.5 + best / 2).isCloseTo(0.5, within(0.15));
    }

    @Test
    void textsCoverEveryQuestionAndAnswer(@TempDir Path again) throws IOException {
        SyntheticDataset dataset = SyntheticDataset.write(again, OPTIONS);
        for (JsonNode row : allRows()) {
            assertThat(dataset.texts())
                    .contains(
                            row.get("question").asText(),
                            row.get("chosen").asText(),
                            row.get("rejected").asText());
        }
        assertThat(dataset.texts()).doesNotHaveDuplicates();
    }

    @Test
    void tooFewPairsAreRefused() {
        assertThatThrownBy(() -> new SyntheticDataset.Options(0, 10, 60, 64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("100 training pairs");
    }

    private static JsonNode entry(String meta, QuestionKind kind) throws IOException {
        return JSON.readTree(folder.resolve(meta).toFile()).get(kind.dataset());
    }

    private static List<JsonNode> rows(JsonNode entry) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line :
                Files.readAllLines(folder.resolve(entry.get("annotation").asText()))) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }

    private static List<JsonNode> allRows() throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String meta : List.of("meta.json", "meta.heldout.json")) {
            for (JsonNode entry : JSON.readTree(folder.resolve(meta).toFile())) {
                rows.addAll(rows(entry));
            }
        }
        return rows;
    }

    private static List<Path> images(JsonNode row) {
        List<Path> files = new ArrayList<>();
        JsonNode image = row.path("image");
        if (image.isTextual()) {
            files.add(folder.resolve("images").resolve(image.asText()));
        }
        for (JsonNode name : image) {
            files.add(folder.resolve("images").resolve(name.asText()));
        }
        return files;
    }

    /** What a model is shown: the bytes of each picture, or the question where there is none. */
    private static Set<String> inputs(String meta) throws IOException {
        Set<String> inputs = new HashSet<>();
        for (JsonNode entry : JSON.readTree(folder.resolve(meta).toFile())) {
            for (JsonNode row : rows(entry)) {
                for (Path file : images(row)) {
                    inputs.add(hex(Files.readAllBytes(file)));
                }
                if (images(row).isEmpty()) {
                    inputs.add(row.get("question").asText());
                }
            }
        }
        return inputs;
    }

    private static Map<String, String> contents(Path root) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(root.relativize(file).toString(), hex(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    private static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }
}
