package dev.mpo.train.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.train.GoldenRuns;
import dev.mpo.train.NanoModel;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairScorerTest {

    private static final int PAIRS = 25;

    @TempDir
    static Path shared;

    private static NanoModel model = new NanoModel(Path.of(""), Path.of(""));
    private static NanoModel other = model;

    @TempDir
    Path temp;

    @BeforeAll
    static void writeModels() {
        model = NanoModel.write(shared, 1);
        other = NanoModel.write(shared, 2);
    }

    private List<JsonNode> rows(RunConfig settings) throws IOException {
        Path out = temp.resolve("new/scores.jsonl");
        PairScorer.scoreAll(settings, out, (done, total) -> {});
        return Files.readAllLines(out).stream().map(GoldenRuns::parse).toList();
    }

    private static String reference(Path folder) {
        return "reference.path=" + folder;
    }

    @Test
    void rowsHaveTheDocumentedKeysInOrderAndComeInFileOrder() throws IOException {
        List<JsonNode> rows = rows(model.settings(reference(other.folder())));
        assertThat(rows).hasSize(PAIRS);
        List<String> keys = new ArrayList<>();
        rows.get(0).fieldNames().forEachRemaining(keys::add);
        assertThat(keys)
                .containsExactly(
                        "dataset",
                        "line",
                        "policy_chosen_logps",
                        "policy_rejected_logps",
                        "reference_chosen_logps",
                        "reference_rejected_logps",
                        "chosen_reward",
                        "rejected_reward",
                        "margin",
                        "win");
        for (int i = 1; i < rows.size(); i++) {
            boolean sameSet = rows.get(i).get("dataset").equals(rows.get(i - 1).get("dataset"));
            int expected = sameSet ? rows.get(i - 1).get("line").intValue() + 1 : 0;
            assertThat(rows.get(i).get("line").intValue()).isEqualTo(expected);
        }
    }

    @Test
    void withoutReferenceThereAreNoRewardsAndTheMoreLikelyAnswerWins() throws IOException {
        List<Integer> done = new ArrayList<>();
        Path out = temp.resolve("scores.jsonl");
        ScoreSummary summary = PairScorer.scoreAll(model.settings(), out, (rows, total) -> {
            done.add((int) rows);
            assertThat(total).isEqualTo(PAIRS);
        });
        long wins = 0;
        for (String line : Files.readAllLines(out)) {
            JsonNode row = GoldenRuns.parse(line);
            assertThat(row.get("reference_chosen_logps").isNull()).isTrue();
            assertThat(row.get("reference_rejected_logps").isNull()).isTrue();
            assertThat(row.get("chosen_reward").isNull()).isTrue();
            assertThat(row.get("rejected_reward").isNull()).isTrue();
            assertThat(row.get("margin").isNull()).isTrue();
            boolean likelier = row.get("policy_chosen_logps").doubleValue()
                    > row.get("policy_rejected_logps").doubleValue();
            assertThat(row.get("win").booleanValue()).isEqualTo(likelier);
            wins += likelier ? 1 : 0;
        }
        assertThat(summary.meanMargin()).isNull();
        assertThat(summary.accuracy()).isEqualTo((double) wins / PAIRS);
        assertThat(done).startsWith(0).endsWith(PAIRS).isSorted();
    }

    @Test
    void aModelHasNoMarginOverItself() throws IOException {
        for (JsonNode row : rows(model.settings(reference(model.folder())))) {
            assertThat(row.get("margin").doubleValue()).isZero();
            assertThat(row.get("win").booleanValue()).isFalse();
        }
    }

    @Test
    void swappingPolicyAndReferenceNegatesTheMargins() throws IOException {
        List<JsonNode> forth = rows(model.settings(reference(other.folder())));
        List<JsonNode> back = rows(other.settings(reference(model.folder())));
        for (int i = 0; i < PAIRS; i++) {
            double margin = forth.get(i).get("margin").doubleValue();
            assertThat(margin).isNotZero();
            assertThat(back.get(i).get("margin").doubleValue()).isCloseTo(-margin, within(1e-12));
        }
    }

    @Test
    void neitherTheBatchSizeNorTheEngineChangesTheScores() throws IOException {
        List<JsonNode> one = rows(model.settings("train.per_device_batch_size=1"));
        for (String setting : List.of("train.per_device_batch_size=7", "engine.mode=plain", "data.num_workers=3")) {
            List<JsonNode> rows = rows(model.settings(setting));
            for (int i = 0; i < PAIRS; i++) {
                assertThat(rows.get(i).get("policy_chosen_logps").doubleValue())
                        .isCloseTo(one.get(i).get("policy_chosen_logps").doubleValue(), within(1e-4));
                assertThat(rows.get(i).get("policy_rejected_logps").doubleValue())
                        .isCloseTo(one.get(i).get("policy_rejected_logps").doubleValue(), within(1e-4));
            }
        }
    }

    private Path metaWithBadRow() throws IOException {
        Path annotation = temp.resolve("rows.jsonl");
        String good = "{\"question\": \"Which?\", \"chosen\": \"red\", \"rejected\": \"blue\"}\n";
        String bad =
                "{\"question\": \"Which?\", \"image\": \"none.png\", \"chosen\": \"red\", \"rejected\": \"blue\"}\n";
        Files.writeString(annotation, good + bad + good);
        Path meta = temp.resolve("meta.json");
        Files.writeString(
                meta,
                "{\"some\": {\"root\": \"\", \"annotation\": \"rows.jsonl\", \"repeat_time\": 1, \"length\": 3}}");
        return meta;
    }

    @Test
    void tooManyUnusableRowsFailAfterAllOthersHaveBeenScored() throws IOException {
        Path out = temp.resolve("scores.jsonl");
        RunConfig settings = model.settings("data.meta=" + metaWithBadRow());
        assertThatThrownBy(() -> PairScorer.scoreAll(settings, out, (done, total) -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("rows.jsonl:2")
                .hasMessageContaining("none.png")
                .hasMessageContaining("1 of 3 rows");
        assertThat(Files.readAllLines(out)).hasSize(2);
        ScoreSummary summary =
                PairScorer.scoreAll(settings.with("data.max_bad_fraction=0.5"), out, (done, total) -> {});
        assertThat(summary.bad()).isEqualTo(1);
        assertThat(summary.pairs()).isEqualTo(2);
    }

    @Test
    void anUnusableRowStopsAtOnceIfTheSettingsSaySo() throws IOException {
        Path out = temp.resolve("scores.jsonl");
        RunConfig settings = model.settings("data.meta=" + metaWithBadRow(), "data.on_bad_sample=fail");
        assertThatThrownBy(() -> PairScorer.scoreAll(settings, out, (done, total) -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("rows.jsonl:2");
        assertThat(out).doesNotExist();
    }

    @Test
    void pairsBeyondTheLengthLimitAreDroppedOrStopTheRunAsTheSettingsSay() {
        Path out = temp.resolve("scores.jsonl");
        RunConfig tight = model.settings("data.max_seq_length=12", "data.max_bad_fraction=1");
        ScoreSummary dropped = PairScorer.scoreAll(tight.with("data.on_too_long=drop"), out, (done, total) -> {});
        assertThat(dropped.dropped()).isPositive();
        assertThat(dropped.pairs() + dropped.dropped()).isEqualTo(PAIRS);
        ScoreSummary cut = PairScorer.scoreAll(tight, out, (done, total) -> {});
        assertThat(cut.pairs() + cut.bad()).isEqualTo(PAIRS);
        assertThatThrownBy(() -> PairScorer.scoreAll(tight.with("data.on_too_long=fail"), out, (done, total) -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("data.max_seq_length");
    }

    @Test
    void weightsThatAreNoNumbersAreNamedWithTheSample() throws IOException {
        NanoModel broken = NanoModel.write(temp, 3);
        try (RandomAccessFile file = new RandomAccessFile(
                broken.folder().resolve("model.safetensors").toFile(), "rw")) {
            long start = 8 + Long.reverseBytes(file.readLong());
            byte[] nan = {0, 0, (byte) 0xc0, 0x7f};
            for (file.seek(start); file.getFilePointer() < file.length(); ) {
                file.write(nan);
            }
        }
        assertThatThrownBy(
                        () -> PairScorer.scoreAll(broken.settings(), temp.resolve("scores.jsonl"), (done, total) -> {}))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(".jsonl:1")
                .hasMessageContaining("NaN");
    }

    @Test
    void aReferenceWithAnotherTokenizerIsRefused() {
        Path folder = temp.resolve("other");
        NanoCheckpoint.write(
                folder, new NanoModelConfig(56, 14, 16, 32, 2, 2, 16, 32, 2, 2, 1), List.of("something else"), 0);
        assertThatThrownBy(() -> PairScorer.open(model.settings(reference(folder))))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("tokens of")
                .hasMessageContaining("--reference");
    }

    @Test
    void anOutputThatCannotBeWrittenIsAConfigurationError() throws IOException {
        Path folder = Files.createDirectories(temp.resolve("folder"));
        assertThatThrownBy(() -> PairScorer.scoreAll(model.settings(), folder, (done, total) -> {}))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("folder");
    }
}
