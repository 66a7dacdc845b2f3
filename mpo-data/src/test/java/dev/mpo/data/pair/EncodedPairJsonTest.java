package dev.mpo.data.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiles;
import dev.mpo.data.text.ChatTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EncodedPairJsonTest {

    @TempDir
    private Path folder;

    @Test
    void eachPairIsOneLineWithTheContractsKeys() throws IOException {
        EncodedPair pair = new EncodedPair(
                "a \"b\"",
                3,
                "a.jsonl:4",
                Tiles.none(28),
                2,
                4,
                new int[] {5, 6, 7},
                new int[][] {{1, 3}},
                new int[] {8},
                new int[][] {},
                false,
                false);
        Path file = folder.resolve("out.jsonl");
        try (EncodedPairJson json = EncodedPairJson.create(file)) {
            json.write(pair);
            json.write(pair);
        }
        String line = "{\"dataset\":\"a \\\"b\\\"\",\"line\":3,\"num_tiles\":2,\"chosen_input_ids\":[5,6,7],"
                + "\"chosen_label_spans\":[[1,3]],\"rejected_input_ids\":[8],\"rejected_label_spans\":[]}";
        assertThat(Files.readAllLines(file)).containsExactly(line, line);
    }

    @Test
    void everyRowIsWrittenOnceInFileOrderWhateverItsRepeatTime() throws IOException {
        List<PairDataset> datasets = new Workspace(folder)
                .dataset("z", List.of(Workspace.textRow("1"), Workspace.textRow("2")), Map.of("repeat_time", 3))
                .dataset("a", List.of(Workspace.textRow("3")), Map.of("repeat_time", 0.1))
                .open();
        Path file = folder.resolve("out.jsonl");
        List<Long> progress = new ArrayList<>();
        PairWriter.Summary summary = PairWriter.writeAll(
                datasets, encoder(100_000, OnTooLong.CUT), file, (done, total) -> progress.add(total - done));
        assertThat(summary.written()).isEqualTo(3);
        assertThat(summary.tokens()).isGreaterThan(summary.longestSequence());
        assertThat(progress).containsExactly(2L, 1L, 0L);
        assertThat(Files.readAllLines(file))
                .extracting(line -> line.replaceAll(",\"num_tiles.*", ""))
                .containsExactly(
                        "{\"dataset\":\"z\",\"line\":0",
                        "{\"dataset\":\"z\",\"line\":1",
                        "{\"dataset\":\"a\",\"line\":0");
        datasets.forEach(PairDataset::close);
    }

    @Test
    void rowsTooLongAreCutLeftOutOrRefused() throws IOException {
        List<PairDataset> datasets = new Workspace(folder)
                .dataset("a", List.of(Workspace.textRow("1"), Workspace.textRow("x".repeat(300))))
                .open();
        Path file = folder.resolve("out.jsonl");
        PairWriter.Summary cut = write(datasets, OnTooLong.CUT, file);
        assertThat(cut.written()).isEqualTo(2);
        assertThat(cut.truncated()).isEqualTo(1);
        assertThat(cut.longestSequence()).isEqualTo(200);
        assertThat(Files.readAllLines(file).get(1)).contains("\"chosen_label_spans\":[]");
        PairWriter.Summary drop = write(datasets, OnTooLong.DROP, file);
        assertThat(drop.written()).isEqualTo(1);
        assertThat(drop.dropped()).isEqualTo(1);
        assertThatThrownBy(() -> write(datasets, OnTooLong.FAIL, file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a.jsonl:2: the pair is too long");
        datasets.forEach(PairDataset::close);
    }

    @Test
    void badRowsAreRefusedAfterAllOthersAreWritten() throws IOException {
        List<PairDataset> datasets = new Workspace(folder)
                .dataset("b", List.of("{}", Workspace.textRow("1"), "{}"))
                .open();
        Path file = folder.resolve("new").resolve("out.jsonl");
        assertThatThrownBy(() -> write(datasets, OnTooLong.CUT, file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("b.jsonl:1: \"question\" is missing")
                .hasMessageContaining("2 of 3 rows");
        assertThat(Files.readAllLines(file)).hasSize(1);
        datasets.forEach(PairDataset::close);
    }

    @Test
    void outputThatCannotBeWrittenIsAConfigurationError() throws IOException {
        Path occupied = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> write(List.of(), OnTooLong.CUT, occupied.resolve("out.jsonl")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("out.jsonl");
    }

    private static PairWriter.Summary write(List<PairDataset> datasets, OnTooLong onTooLong, Path file) {
        return PairWriter.writeAll(datasets, encoder(200, onTooLong), file, (done, total) -> {});
    }

    private static PairEncoder encoder(int limit, OnTooLong onTooLong) {
        return PairEncoder.create(
                new CharacterTokenizer(),
                ChatTemplate.of("internvl2_5"),
                PairOptions.of(new TileOptions(28, 1, 6, true, true), 2, limit, onTooLong));
    }
}
