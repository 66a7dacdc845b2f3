package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class NormalizationTest {

    // (255 / 255 - 0.485) / 0.229 = 2.2489083, (0 - 0.456) / 0.224 = -2.0357143, (51 / 255 - 0.406) / 0.225 =
    // -0.9155556
    @Test
    void valuesAreScaledShiftedAndDividedPerChannel() {
        float[] values = Normalization.IMAGENET.normalize(RgbImage.filled(1, 1, 255, 0, 51));
        assertThat(values)
                .containsExactly((1f - 0.485f) / 0.229f, (0f - 0.456f) / 0.224f, (51 / 255f - 0.406f) / 0.225f);
        assertThat(values[0]).isEqualTo(2.2489083f);
    }

    @Test
    void pixelsBecomeThreePlanesPerTile() {
        Tiles tiles = new Tiles(2, 1, new byte[] {0, 51, 102, (byte) 153, (byte) 204, (byte) 255});
        assertThat(Normalization.SIGLIP.normalize(tiles))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(-1f, -0.6f, -0.2f, 0.2f, 0.6f, 1f);
        RgbImage image = new RgbImage(2, 1, new byte[] {0, 51, 102, (byte) 153, (byte) 204, (byte) 255});
        assertThat(Normalization.SIGLIP.normalize(image))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(-1f, 0.2f, -0.6f, 0.6f, -0.2f, 1f);
    }

    @Test
    void thereAreThreeChannels() {
        assertThat(Normalization.CLIP.mean(2)).isEqualTo(0.40821072f);
        assertThat(Normalization.CLIP.deviation(0)).isEqualTo(0.2686295f);
        assertThatThrownBy(() -> Normalization.CLIP.mean(3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void anImageOfTheWrongLengthIsRefused() {
        assertThatThrownBy(() -> new RgbImage(2, 2, new byte[11]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs 12 bytes, got 11");
    }
}
