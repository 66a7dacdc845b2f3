package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tiling decisions of the reference, recorded from CPython. */
final class GoldenTileGridTest {

    private JsonNode golden;

    @BeforeEach
    void readGolden() throws IOException {
        golden = new ObjectMapper()
                .readTree(SharedFiles.require("goldens/golden/a_dynamic_preprocess/dynamic_preprocess.json")
                        .toFile());
    }

    @Test
    void candidateGridsAreTriedInTheReferencesOrder() {
        assertThat(golden.path("target_ratios")).isNotEmpty();
        for (JsonNode list : golden.path("target_ratios")) {
            int min = list.path("min_num").asInt();
            int max = list.path("max_num").asInt();
            List<TileGrid> expected = new ArrayList<>();
            list.path("ratios")
                    .forEach(pair -> expected.add(
                            new TileGrid(pair.path(0).asInt(), pair.path(1).asInt())));
            assertThat(TileGrid.candidates(min, max))
                    .as("min %d max %d", min, max)
                    .isEqualTo(expected);
        }
    }

    @Test
    void everyImageSizeGetsTheReferencesGrid() {
        assertThat(golden.path("cases")).isNotEmpty();
        for (JsonNode item : golden.path("cases")) {
            TileOptions options = new TileOptions(
                    item.path("image_size").asInt(),
                    item.path("min_num").asInt(),
                    item.path("max_num").asInt(),
                    true,
                    true);
            int width = item.path("width").asInt();
            int height = item.path("height").asInt();
            TileGrid grid = TileGrid.choose(width, height, options);
            assertThat(grid)
                    .as(item.toString())
                    .isEqualTo(new TileGrid(
                            item.path("cols").asInt(), item.path("rows").asInt()));
            assertThat(grid.cells()).isEqualTo(item.path("blocks").asInt());
            assertThat(TileGrid.tileCount(width, height, options))
                    .isEqualTo(item.path("num_tiles_with_thumbnail").asInt());
            assertThat(TileGrid.tileCount(width, height, withoutThumbnail(options)))
                    .isEqualTo(item.path("num_tiles_without_thumbnail").asInt());
        }
    }

    private static TileOptions withoutThumbnail(TileOptions options) {
        return new TileOptions(options.imageSize(), options.minTiles(), options.maxTiles(), false, true);
    }
}
