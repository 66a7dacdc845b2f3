package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.DataException;
import dev.mpo.testkit.Mutations;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged image files end in a picture or in one error that names them; {@code -Dmpo.fuzz=100} tries more of them. */
final class ImageFuzzTest {

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void everyDamagedFileIsDecodedOrRefusedByName() throws IOException {
        List<byte[]> originals = new ArrayList<>();
        for (ImageDecoderTest.Fixture fixture : ImageDecoderTest.fixtures()) {
            try (InputStream in = Objects.requireNonNull(
                    ImageFuzzTest.class.getResourceAsStream("/images/" + fixture.file()), fixture.file())) {
                originals.add(in.readAllBytes());
            }
        }
        SplittableRandom random = new SplittableRandom(5);
        DecodeOptions options = DecodeOptions.defaults().withMaxPixels(1_000_000);
        int decoded = 0;
        int refused = 0;
        for (int i = 0; i < Mutations.rounds(3000); i++) {
            byte[] damaged = Mutations.damage(originals.get(i % originals.size()), random);
            long start = System.nanoTime();
            try {
                RgbImage image = ImageDecoder.decode(damaged, "damaged " + i, options);
                assertThat((long) image.width() * image.height()).isBetween(1L, 1_000_000L);
                decoded++;
            } catch (DataException e) {
                assertThat(e).hasMessageContaining("damaged " + i).hasMessageContaining("Fix:");
                refused++;
            }
            assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start))
                    .as("seconds for file %d", i)
                    .isLessThan(30);
        }
        assertThat(decoded).isPositive();
        assertThat(refused).isPositive();
    }
}
