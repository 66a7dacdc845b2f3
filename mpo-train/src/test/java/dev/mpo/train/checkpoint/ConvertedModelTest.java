package dev.mpo.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.weights.Layout;
import dev.mpo.testkit.SharedFiles;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.score.PairScorer;
import dev.mpo.train.score.ScoredPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model in the other layout is the same model. */
class ConvertedModelTest {

    @TempDir
    private Path temp = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"tiny-qwen2", "tiny-qwen2-tied", "tiny-internlm2", "tiny-vit6b"})
    void theConvertedModelGivesTheSameLogProbabilities(String name) throws IOException {
        Path original = SharedFiles.require("goldens/checkpoints/" + name);
        Path converted = temp.resolve("hf");

        FolderConversion.convert(original, Layout.TRANSFORMERS, converted);

        List<ScoredPair> expected = scores(original);
        List<ScoredPair> found = scores(converted);
        assertThat(found).hasSameSizeAs(expected).isNotEmpty();
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i).policyChosenLogps())
                    .isCloseTo(expected.get(i).policyChosenLogps(), within(1e-6));
            assertThat(found.get(i).policyRejectedLogps())
                    .isCloseTo(expected.get(i).policyRejectedLogps(), within(1e-6));
        }
    }

    /** Scores pairs with one picture each. */
    private List<ScoredPair> scores(Path model) throws IOException {
        Path data = SharedFiles.require("goldens/dataset");
        Path annotation = data.resolve("annotations/tiny_single.jsonl");
        Path meta = temp.resolve("meta.json");
        Files.writeString(
                meta,
                "{\"a\": {\"root\": \"" + data.resolve("images") + "\", \"annotation\": \"" + annotation
                        + "\", \"repeat_time\": 1}}");
        RunConfig settings = RunConfig.load(
                List.of(),
                List.of(
                        "model.path=" + model,
                        "data.meta=" + meta,
                        "data.max_dynamic_patch=2",
                        "train.precision=fp32"));
        List<ScoredPair> rows = new ArrayList<>();
        try (PairScorer scorer = PairScorer.open(settings)) {
            scorer.scoreAll(rows::add, (done, total) -> {});
        }
        return rows;
    }

    @Test
    void aFailedConversionLeavesNothingBehind() throws IOException {
        Path broken = Files.createDirectories(temp.resolve("broken"));
        Files.writeString(broken.resolve("config.json"), "{\"text_config\": {}}");
        Path target = temp.resolve("out");

        assertThatThrownBy(() -> FolderConversion.convert(broken, Layout.ORIGINAL, target))
                .isInstanceOf(CheckpointException.class);
        assertThat(target).doesNotExist();
        assertThat(temp.resolve("out.tmp")).doesNotExist();
    }

    @Test
    void aFolderWithContentIsNotWrittenInto() throws IOException {
        Path target = Files.createDirectories(temp.resolve("out"));
        Files.writeString(target.resolve("note.txt"), "mine");

        assertThatThrownBy(() -> FolderConversion.convert(temp.resolve("x"), Layout.ORIGINAL, target))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("new or empty");
        assertThatThrownBy(() -> FolderConversion.convert(temp.resolve("x"), Layout.ORIGINAL, temp.resolve("y")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("found nothing");
    }
}
