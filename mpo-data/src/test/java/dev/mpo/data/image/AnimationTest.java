package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Frames of animations against those of Pillow, whose hashes stand in {@code videos/frames.txt}. */
final class AnimationTest {

    /** A file, and of each frame the size and the start of the SHA-256 of its pixels. */
    private record Recorded(String file, List<String> frames) {}

    private static List<Recorded> recorded() {
        return new String(resource("frames.txt"), StandardCharsets.UTF_8)
                .lines()
                .map(line -> Arrays.asList(line.split(" ")))
                .map(parts -> new Recorded(parts.get(0), parts.subList(1, parts.size())))
                .toList();
    }

    @Test
    void everyFrameIsTheOneThatPillowShows() {
        SoftAssertions softly = new SoftAssertions();
        for (Recorded one : recorded()) {
            Animation animation = open(one.file());
            List<String> frames = new ArrayList<>();
            for (int i = 0; i < animation.numFrames(); i++) {
                frames.add(described(animation.next().image()));
            }
            softly.assertThat(frames).as(one.file()).isEqualTo(one.frames());
        }
        softly.assertAll();
    }

    @Test
    void skippedFramesAreDrawnAllTheSame() {
        for (Recorded one : recorded()) {
            Animation animation = open(one.file());
            for (int i = 1; i < animation.numFrames(); i++) {
                animation.skip();
            }
            assertThat(described(animation.next().image()))
                    .isEqualTo(one.frames().get(one.frames().size() - 1));
        }
    }

    @Test
    void theFirstFrameIsTheImage() {
        for (Recorded one : recorded()) {
            RgbImage image = ImageDecoder.decode(resource(one.file()), one.file());
            assertThat(described(image)).isEqualTo(one.frames().get(0));
        }
    }

    @Test
    void aLaterFrameThatIsCutOffIsFilledUpOrRefused() {
        byte[] whole = resource("gif_0.gif");
        byte[] part = Arrays.copyOf(whole, whole.length - 12);
        Animation filled = Animation.open(part, "cut.gif", DecodeOptions.defaults());
        Animation strict =
                Animation.open(part, "cut.gif", DecodeOptions.defaults().withTruncated(false));
        int last = filled.numFrames() - 1;
        for (int i = 0; i < last; i++) {
            filled.skip();
            strict.skip();
        }

        assertThat(filled.next().damage()).contains("missing at the end of frame " + (last + 1));
        assertThatThrownBy(strict::next).isInstanceOf(DataException.class).hasMessageContaining("cut short");
    }

    @Test
    void anAnimatedWebpThatIsCutOffIsRefused() {
        byte[] whole = resource("webp_0.webp");
        assertThatThrownBy(() ->
                        Animation.open(Arrays.copyOf(whole, whole.length - 1), "cut.webp", DecodeOptions.defaults()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cut.webp")
                .hasMessageContaining((whole.length - 1) + " of " + whole.length + " bytes");
    }

    @Test
    void damagedAnimationsNeverEscapeAsAnotherFailure() {
        Random random = new Random(11);
        List<Recorded> all = recorded();
        for (int i = 0; i < 1000; i++) {
            byte[] bytes = resource(all.get(i % all.size()).file());
            byte[] head = Arrays.copyOf(bytes, 12);
            for (int j = 0; j < 4; j++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            System.arraycopy(head, 0, bytes, 0, head.length);
            try {
                Animation animation = Animation.open(
                        bytes, "damaged", DecodeOptions.defaults().withMaxPixels(1_000_000));
                for (int frame = 0; frame < animation.numFrames(); frame++) {
                    animation.next();
                }
            } catch (DataException e) {
                assertThat(e).hasMessageContaining("damaged");
            }
        }
    }

    private static Animation open(String file) {
        return Animation.open(resource(file), file, DecodeOptions.defaults());
    }

    private static String described(RgbImage image) {
        return image.width() + "x" + image.height() + ":" + Pixels.sha256(image).substring(0, 16);
    }

    private static byte[] resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(AnimationTest.class.getResourceAsStream("/videos/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
