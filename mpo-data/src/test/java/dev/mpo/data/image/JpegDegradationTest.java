package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import javax.imageio.plugins.jpeg.JPEGQTable;
import org.junit.jupiter.api.Test;

final class JpegDegradationTest {

    @Test
    void quantisationTablesAreLibjpegsAtEveryQuality() {
        RgbImage image = Pixels.pattern("ramp", 16, 16);
        for (int quality = 1; quality <= 100; quality++) {
            byte[] jpeg = JpegDegradation.encode(image, quality);
            int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
            assertThat(table(jpeg, 0)).as("luma %d", quality).isEqualTo(scaled(JPEGQTable.K1Luminance, percent));
            assertThat(table(jpeg, 1)).as("chroma %d", quality).isEqualTo(scaled(JPEGQTable.K2Chrominance, percent));
        }
    }

    @Test
    void chromaIsHalvedInBothDirections() {
        byte[] jpeg = JpegDegradation.encode(Pixels.pattern("ramp", 16, 16), 90);
        int frame = find(jpeg, 0xc0, 0);
        assertThat(jpeg[frame + 11]).isEqualTo((byte) 0x22);
        assertThat(jpeg[frame + 14]).isEqualTo((byte) 0x11);
    }

    @Test
    void lowerQualityMovesPixelsFurther() {
        RgbImage image = Pixels.pattern("noise", 40, 24);
        RgbImage good = JpegDegradation.degrade(image, JpegDegradation.MAX_QUALITY);
        RgbImage bad = JpegDegradation.degrade(image, JpegDegradation.MIN_QUALITY);
        assertThat(good.width()).isEqualTo(40);
        assertThat(good.height()).isEqualTo(24);
        assertThat(distance(image, good)).isPositive().isLessThan(distance(image, bad));
    }

    @Test
    void qualitiesOutOfRangeAreRefused() {
        RgbImage image = Pixels.pattern("ramp", 4, 4);
        assertThatThrownBy(() -> JpegDegradation.encode(image, 0)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> JpegDegradation.encode(image, 101)).hasMessageContaining("got 101");
    }

    private static long distance(RgbImage a, RgbImage b) {
        long sum = 0;
        for (int i = 0; i < a.pixels().length; i++) {
            sum += Math.abs((a.pixels()[i] & 0xff) - (b.pixels()[i] & 0xff));
        }
        return sum;
    }

    /** Entries in ascending order, which is enough to compare and spares the zigzag. */
    private static int[] table(byte[] jpeg, int id) {
        int at = find(jpeg, 0xdb, 0);
        while (true) {
            int end = at + 2 + ((jpeg[at + 2] & 0xff) << 8 | (jpeg[at + 3] & 0xff));
            for (int t = at + 4; t < end; t += 65) {
                if (jpeg[t] == id) {
                    int[] values = new int[64];
                    for (int i = 0; i < 64; i++) {
                        values[i] = jpeg[t + 1 + i] & 0xff;
                    }
                    Arrays.sort(values);
                    return values;
                }
            }
            at = find(jpeg, 0xdb, end);
        }
    }

    private static int[] scaled(JPEGQTable base, int percent) {
        return Arrays.stream(base.getTable())
                .map(step -> Math.max(1, Math.min((step * percent + 50) / 100, 255)))
                .sorted()
                .toArray();
    }

    private static int find(byte[] jpeg, int marker, int from) {
        for (int i = from; i < jpeg.length - 1; i++) {
            if ((jpeg[i] & 0xff) == 0xff && (jpeg[i + 1] & 0xff) == marker) {
                return i;
            }
        }
        throw new AssertionError("no marker " + Integer.toHexString(marker));
    }
}
