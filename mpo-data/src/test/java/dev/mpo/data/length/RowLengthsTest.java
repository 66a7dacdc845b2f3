package dev.mpo.data.length;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.image.TileOptions;
import dev.mpo.data.pair.OnTooLong;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.pair.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowLengthsTest {

    private static final PairOptions OPTIONS =
            PairOptions.of(new TileOptions(28, 1, 6, true, true), 100, 1000, OnTooLong.CUT);

    @TempDir
    private Path folder;

    private List<PairDataset> datasets = List.of();

    @BeforeEach
    void open() throws IOException {
        String text = "\"question\": \"<image>\", \"chosen\": \"%s\", \"rejected\": \"no\"}".formatted("é".repeat(20));
        datasets = new Workspace(folder)
                .image("wide.png", 60, 30)
                .dataset(
                        "a",
                        List.of(
                                "{" + text,
                                "{\"image\": \"wide.png\", " + text,
                                "{\"image\": [\"wide.png\"], " + text,
                                "{\"image\": \"gone.png\", " + text,
                                "{oops"))
                .dataset("b", List.of("{\"image\": \"wide.png\", " + text), Map.of("max_dynamic_patch", 1))
                .open();
        for (PairDataset dataset : datasets) {
            Files.setLastModifiedTime(dataset.file().path(), FileTime.from(Instant.ofEpochSecond(1_600_000_000)));
        }
    }

    @AfterEach
    void close() {
        datasets.forEach(PairDataset::close);
    }

    @Test
    void textLengthsAreBytesOfTheLine() {
        RowLengths lengths = RowLengths.ofText(datasets);
        assertThat(lengths.of(0, 4)).isEqualTo("{oops\n".length());
        assertThat(lengths.of(0, 1) - lengths.of(0, 0)).isEqualTo("\"image\": \"wide.png\", ".length());
    }

    @Test
    void tileLengthsAreTheTokensOfTilesAndAQuarterOfTheTextsBytes() {
        RowLengths lengths = RowLengths.ofTiles(datasets, OPTIONS);
        int text = (7 + 40 + 2) / 4;
        assertThat(lengths.of(0, 0)).isEqualTo(text);
        assertThat(lengths.of(0, 1)).isEqualTo(300 + text); // two tiles and a thumbnail
        assertThat(lengths.of(0, 2)).isEqualTo(300 + text);
        assertThat(lengths.of(1, 0)).isEqualTo(100 + text);
        // Bad rows count by the bytes of their lines.
        assertThat(lengths.of(0, 3)).isEqualTo((int) datasets.get(0).file().byteCount(3) / 4);
        assertThat(lengths.of(0, 4)).isEqualTo(1);
    }

    @Test
    void tileLengthsAreKeptOnDiskForTheirSettings() throws IOException {
        long checksum = RowLengths.ofTiles(datasets, OPTIONS).checksum();
        assertThat(kept()).hasSize(2);
        Files.delete(folder.resolve("wide.png"));
        assertThat(RowLengths.ofTiles(datasets, OPTIONS).checksum()).isEqualTo(checksum);
        PairOptions others = PairOptions.of(new TileOptions(28, 1, 5, true, true), 100, 1000, OnTooLong.CUT);
        assertThat(RowLengths.ofTiles(datasets, others).checksum()).isNotEqualTo(checksum);
        assertThat(kept()).hasSize(4);
    }

    private List<String> kept() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".mpo-numbers"))
                    .toList();
        }
    }
}
