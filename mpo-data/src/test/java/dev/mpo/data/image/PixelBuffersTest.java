package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PixelBuffersTest {

    @Test
    void anArrayGivenBackServesTheNextOfItsLength() {
        PixelBuffers buffers = new PixelBuffers(100);
        byte[] ten = buffers.take(10);
        buffers.give(ten);
        assertThat(buffers.take(11)).isNotSameAs(ten).hasSize(11);
        assertThat(buffers.take(10)).isSameAs(ten);
        assertThat(buffers.take(10)).isNotSameAs(ten).hasSize(10);
    }

    @Test
    void thoseThatLieLongestGoFirst() {
        PixelBuffers buffers = new PixelBuffers(25);
        byte[] first = new byte[10];
        byte[] second = new byte[11];
        byte[] third = new byte[12];
        buffers.give(first);
        buffers.give(second);
        buffers.give(third);
        assertThat(buffers.take(10)).isNotSameAs(first);
        assertThat(buffers.take(11)).isSameAs(second);
        assertThat(buffers.take(12)).isSameAs(third);
        buffers.give(new byte[26]);
        assertThat(buffers.take(26)).isNotNull().hasSize(26);
    }

    @Test
    void tilesInUsedArraysAreTheSame() {
        RgbImage image = Pixels.pattern("noise", 37, 23);
        TileOptions options = new TileOptions(8, 1, 6, true, true);
        byte[] expected = Tiler.tile(image, options).pixels();
        PixelBuffers buffers = new PixelBuffers(1 << 20);
        for (int i = 0; i < 3; i++) {
            Tiles tiles = Tiler.tile(image, options, buffers);
            assertThat(tiles.pixels()).isEqualTo(expected);
            Arrays.fill(tiles.pixels(), (byte) 0x5A);
            buffers.give(tiles.pixels());
        }
    }
}
