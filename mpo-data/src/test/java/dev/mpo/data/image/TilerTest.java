package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.ConfigException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TilerTest {

    private static final TileOptions FOUR = new TileOptions(8, 1, 4, true, true);

    @Test
    void tilesAreCutRowByRowAndTheThumbnailComesLast() {
        // 16x16 is exactly the 2x2 grid of 8-pixel tiles, so cells are copies.
        RgbImage image = Pixels.pattern("noise", 16, 16);
        Tiles tiles = Tiler.tile(image, FOUR);
        assertThat(tiles.count()).isEqualTo(5);
        for (int cell = 0; cell < 4; cell++) {
            RgbImage tile = tiles.tile(cell);
            for (int i = 0; i < 64; i++) {
                int x = i % 8;
                int y = i / 8;
                assertThat(tile.component(x, y, 1)).isEqualTo(image.component(cell % 2 * 8 + x, cell / 2 * 8 + y, 1));
            }
        }
        assertThat(tiles.tile(4).pixels())
                .isEqualTo(BicubicResize.resize(image, 8, 8).pixels());
    }

    @Test
    void aSingleCellHasNoThumbnail() {
        assertThat(Tiler.tile(Pixels.pattern("ramp", 8, 8), FOUR).count()).isEqualTo(1);
    }

    @Test
    void theThumbnailCanBeLeftOut() {
        assertThat(Tiler.tile(Pixels.pattern("ramp", 16, 16), new TileOptions(8, 1, 4, false, true))
                        .count())
                .isEqualTo(4);
    }

    @Test
    void withoutDynamicTilingTheWholeImageIsOneTile() {
        RgbImage image = Pixels.pattern("edges", 40, 12);
        Tiles tiles = Tiler.tile(image, new TileOptions(8, 1, 4, true, false));
        assertThat(tiles.count()).isEqualTo(1);
        assertThat(tiles.pixels()).isEqualTo(BicubicResize.resize(image, 8, 8).pixels());
    }

    @Test
    void augmentationSeesEachTileOfAGridAndTheWholeImageWithoutOne() {
        RgbImage image = Pixels.pattern("ramp", 16, 16);
        List<Integer> widths = new ArrayList<>();
        Tiles tiles = Tiler.tile(image, FOUR, seen -> {
            widths.add(seen.width());
            return RgbImage.filled(seen.width(), seen.height(), widths.size(), 0, 0);
        });
        assertThat(widths).containsExactly(8, 8, 8, 8, 8);
        assertThat(tiles.tile(3).component(0, 0, 0)).isEqualTo(4);
        widths.clear();
        Tiler.tile(image, new TileOptions(8, 1, 4, true, false), seen -> {
            widths.add(seen.width());
            return seen;
        });
        assertThat(widths).containsExactly(16);
    }

    @Test
    void paddingCentresTheImageOnTheMeanColour() {
        RgbImage image = RgbImage.filled(5, 2, 1, 2, 3);
        RgbImage square = SquarePadding.pad(image);
        assertThat(square.width()).isEqualTo(5);
        assertThat(square.height()).isEqualTo(5);
        // (5 - 2) / 2 = 1 row above, 2 below
        int[] reds = {123, 1, 1, 123, 123};
        for (int y = 0; y < 5; y++) {
            assertThat(square.component(4, y, 0)).isEqualTo(reds[y]);
        }
        assertThat(square.component(0, 0, 1)).isEqualTo(116);
        assertThat(square.component(0, 0, 2)).isEqualTo(103);
        assertThat(SquarePadding.pad(square)).isSameAs(square);
        assertThat(SquarePadding.pad(RgbImage.filled(1, 4, 9, 9, 9)).component(1, 0, 0))
                .isEqualTo(9);
    }

    @Test
    void tilesOfSeveralImagesAreJoinedInOrder() {
        Tiles one = Tiler.tile(RgbImage.filled(8, 8, 1, 1, 1), FOUR);
        Tiles two = Tiler.tile(RgbImage.filled(8, 8, 2, 2, 2), FOUR);
        Tiles both = Tiles.concat(List.of(one, two));
        assertThat(both.count()).isEqualTo(2);
        assertThat(both.tile(1).component(7, 7, 2)).isEqualTo(2);
        assertThat(Tiles.none(8).count()).isZero();
        assertThatThrownBy(() -> Tiles.concat(List.of(one, Tiles.none(4)))).hasMessageContaining("8 and 4");
        assertThatThrownBy(() -> both.tile(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void optionsOutOfRangeNameTheKey() {
        assertThatThrownBy(() -> new TileOptions(448, 1, 0, true, true))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("max_dynamic_patch")
                .hasMessageContaining("got 0");
        assertThatThrownBy(() -> TileOptions.defaults().withImageSize(0)).hasMessageContaining("image_size");
    }

    @Test
    void recordedDefaults() {
        assertThat(TileOptions.defaults()).isEqualTo(new TileOptions(448, 1, 12, true, true));
    }
}
