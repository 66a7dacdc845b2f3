package dev.mpo.data.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiles;
import dev.mpo.data.text.ChatTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        PairWriter.Summary summary = PairWriter.writeAll(datasets, encoder(100_000, OnTooLong.CUT), file);
        assertThat(summary).isEqualTo(new PairWriter.Summary(3, 0, 0));
        assertThat(Files.readAllLines(file))
                .extracting(line -> line.replaceAll(",\"num_tiles.*", ""))
                .containsExactly(
                        "{\"dataset\":\"z\",\"line\":0",
                        "{\"dataset\":\"z\",\"line\":1",
                        "{\"dataset\":\"a\",\"line\":0");
        datasets.forEach(PairDataset::close);
    }

    @Test
    void rowsTooLongAreCutLeftOutOrRefusedAndBadRowsAlwaysRefused() throws IOException {
        List<PairDataset> datasets = new Workspace(folder)
                .dataset("a", List.of(Workspace.textRow("1"), Workspace.textRow("x".repeat(300))))
                .open();
        Path file = folder.resolve("out.jsonl");
        assertThat(PairWriter.writeAll(datasets, encoder(200, OnTooLong.CUT), file))
                .isEqualTo(new PairWriter.Summary(2, 0, 1));
        assertThat(Files.readAllLines(file).get(1)).contains("\"chosen_label_spans\":[]");
        assertThat(PairWriter.writeAll(datasets, encoder(200, OnTooLong.DROP), file))
                .isEqualTo(new PairWriter.Summary(1, 1, 0));
        assertThatThrownBy(() -> PairWriter.writeAll(datasets, encoder(200, OnTooLong.FAIL), file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a.jsonl:2: the pair is too long");
        datasets.forEach(PairDataset::close);

        List<PairDataset> bad =
                new Workspace(folder).dataset("b", List.of("{}")).open();
        assertThatThrownBy(() -> PairWriter.writeAll(bad, encoder(200, OnTooLong.CUT), file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("b.jsonl:1: \"question\" is missing");
        bad.forEach(PairDataset::close);
    }

    private static PairEncoder encoder(int limit, OnTooLong onTooLong) {
        return PairEncoder.create(
                new CharacterTokenizer(),
                ChatTemplate.of("internvl2_5"),
                PairOptions.of(new TileOptions(28, 1, 6, true, true), 2, limit, onTooLong));
    }
}
