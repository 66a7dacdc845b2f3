package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class BicubicResizeTest {

    // Recorded from Pillow 12.3 with Resampling.BICUBIC.
    @Test
    void aRowIsResizedToPillowsValues() {
        assertThat(resizeRow(1, 0, 255)).containsExactly(128);
        assertThat(resizeRow(4, 0, 255)).containsExactly(0, 53, 202, 255);
        assertThat(resizeRow(2, 0, 0, 255, 255)).containsExactly(21, 234);
    }

    @Test
    void columnsAreTreatedAsRowsAre() {
        RgbImage image = Pixels.pattern("noise", 37, 21);
        RgbImage resized = BicubicResize.resize(image, 37, 13);
        RgbImage turned = transpose(BicubicResize.resize(transpose(image), 13, 37));
        assertThat(resized.pixels()).isEqualTo(turned.pixels());
    }

    @Test
    void bothDirectionsAreRowsThenColumnsWithRoundingInBetween() {
        RgbImage image = Pixels.pattern("noise", 50, 40);
        RgbImage inSteps = BicubicResize.resize(BicubicResize.resize(image, 17, 40), 17, 90);
        assertThat(BicubicResize.resize(image, 17, 90).pixels()).isEqualTo(inSteps.pixels());
    }

    @Test
    void aFlatColourStaysFlatAtEveryScale() {
        RgbImage image = RgbImage.filled(31, 47, 200, 7, 255);
        for (int side : new int[] {1, 2, 13, 31, 100, 333}) {
            RgbImage resized = BicubicResize.resize(image, side, side);
            assertThat(resized.pixels())
                    .as("side %d", side)
                    .isEqualTo(RgbImage.filled(side, side, 200, 7, 255).pixels());
        }
    }

    @Test
    void theSameSizeIsTheSameImage() {
        RgbImage image = Pixels.pattern("ramp", 5, 4);
        assertThat(BicubicResize.resize(image, 5, 4)).isSameAs(image);
    }

    @Test
    void theSourceIsNotChanged() {
        RgbImage image = Pixels.pattern("noise", 64, 64);
        byte[] before = image.pixels().clone();
        BicubicResize.resize(image, 20, 90);
        assertThat(image.pixels()).isEqualTo(before);
    }

    @Test
    void anEmptySizeIsRefused() {
        assertThatThrownBy(() -> BicubicResize.resize(Pixels.pattern("ramp", 5, 4), 0, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0x4");
    }

    private static int[] resizeRow(int width, int... gray) {
        byte[] pixels = new byte[gray.length * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) gray[i / 3];
        }
        RgbImage resized = BicubicResize.resize(new RgbImage(gray.length, 1, pixels), width, 1);
        int[] values = new int[width];
        Arrays.setAll(values, x -> resized.component(x, 0, 2));
        return values;
    }

    private static RgbImage transpose(RgbImage image) {
        byte[] pixels = new byte[image.pixels().length];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                for (int c = 0; c < 3; c++) {
                    pixels[(x * image.height() + y) * 3 + c] = (byte) image.component(x, y, c);
                }
            }
        }
        return new RgbImage(image.height(), image.width(), pixels);
    }
}
