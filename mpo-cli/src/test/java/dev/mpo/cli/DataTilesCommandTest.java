package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiler;
import dev.mpo.data.image.Tiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTilesCommandTest {

    @TempDir
    private Path folder;

    private Path image;

    @BeforeEach
    void drawAnImage() throws IOException {
        BufferedImage drawn = new BufferedImage(120, 60, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < drawn.getHeight(); y++) {
            for (int x = 0; x < drawn.getWidth(); x++) {
                drawn.setRGB(x, y, ((x * 2) << 16) | ((y * 4) << 8) | ((x + y) % 256));
            }
        }
        image = folder.resolve("drawn.png");
        ImageIO.write(drawn, "png", image.toFile());
    }

    @Test
    void filesHoldTheTilesThatTrainingUses() throws IOException {
        Path out = folder.resolve("tiles");
        Run run = Run.mpo("data", "tiles", image.toString(), "--out", out.toString(), "--image-size", "28", "--json");
        Tiles expected = Tiler.tile(ImageDecoder.decode(image), new TileOptions(28, 1, 12, true, true));

        JsonNode result = new ObjectMapper().readTree(run.out());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(result.get("numTiles").asInt()).isEqualTo(expected.count()).isGreaterThan(1);
        for (int i = 0; i < expected.count(); i++) {
            RgbImage tile = ImageDecoder.decode(Path.of(result.at("/files/" + i).asText()));
            assertThat(tile.pixels()).isEqualTo(expected.tile(i).pixels());
        }
        assertThat(result.at("/files/0").asText()).endsWith("00.png");
    }

    @Test
    void optionsLimitTheTiles() throws IOException {
        Path out = folder.resolve("tiles");
        Run run = Run.mpo(
                "data",
                "tiles",
                image.toString(),
                "--out",
                out.toString(),
                "--max-dynamic-patch",
                "2",
                "--no-thumbnail");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("120x60", "2 tiles of 448x448");
        try (var files = Files.list(out)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("00.png", "01.png");
        }
    }

    @Test
    void missingImageIsADataError() {
        Run run = Run.mpo("data", "tiles", "nowhere.png", "--out", folder.toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).startsWith("error: ").contains("nowhere.png");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void impossibleTileSizeIsAConfigurationError() {
        Run run = Run.mpo("data", "tiles", image.toString(), "--out", folder.toString(), "--image-size", "0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("error: image_size");
    }

    @Test
    void outputThatIsAFileIsAConfigurationError() {
        Run run = Run.mpo("data", "tiles", image.toString(), "--out", image.toString(), "--image-size", "28");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--out");
    }

    @Test
    void groupWithoutACommandListsItsCommands() {
        Run run = Run.mpo("data");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("tiles").contains("mpo data --help");
    }
}
