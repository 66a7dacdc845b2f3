package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ImageDecoderTest {

    @TempDir
    Path folder;

    /** One committed file and what Pillow makes of it. */
    record Fixture(String file, int width, int height, String sha256) {}

    static List<Fixture> fixtures() {
        return new String(resource("expected.txt"), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" "))
                .map(f -> new Fixture(f[0], Integer.parseInt(f[1]), Integer.parseInt(f[2]), f[3]))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyKindOfFileDecodesToPillowsPixels(Fixture fixture) {
        DecodedImage decoded =
                ImageDecoder.decodeAll(resource(fixture.file()), fixture.file(), DecodeOptions.defaults());
        assertThat(decoded.damage()).isNull();
        RgbImage image = decoded.image();
        assertThat(image.width()).isEqualTo(fixture.width());
        assertThat(image.height()).isEqualTo(fixture.height());
        assertThat(Pixels.sha256(image)).isEqualTo(fixture.sha256());
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void theSizeInTheHeaderIsTheDecodedSize(Fixture fixture) throws IOException {
        Path file = folder.resolve(fixture.file());
        Files.write(file, resource(fixture.file()));
        assertThat(ImageSize.read(file)).isEqualTo(new ImageSize(fixture.width(), fixture.height()));
    }

    @Test
    void decodingInManyThreadsGivesTheSamePixels() {
        List<Fixture> all = fixtures();
        long wrong = IntStream.range(0, 400)
                .parallel()
                .mapToObj(i -> all.get(i % all.size()))
                .filter(f -> !Pixels.sha256(ImageDecoder.decode(resource(f.file()), f.file()))
                        .equals(f.sha256()))
                .count();
        assertThat(wrong).isZero();
    }

    @Test
    void pngRoundTripsExactly() throws IOException {
        RgbImage image = Pixels.pattern("noise", 19, 7);
        Path file = folder.resolve("tile.png");
        PngWriter.write(image, file);
        assertThat(ImageDecoder.decode(file).pixels()).isEqualTo(image.pixels());
    }

    @Test
    void aMissingFileNamesThePathAndTheFix() {
        assertFailure(() -> ImageDecoder.decode(folder.resolve("absent.jpg")))
                .hasMessageContaining("absent.jpg")
                .hasMessageContaining("found nothing")
                .hasMessageContaining("data.path_map");
    }

    @Test
    void aFolderIsNoImage() {
        assertFailure(() -> ImageDecoder.decode(folder)).hasMessageContaining("found a folder");
    }

    static Stream<Arguments> strangers() {
        return Stream.of(
                Arguments.of("", "an empty file"),
                Arguments.of("<!DOCTYPE html><html>", "error page of a download"),
                Arguments.of("\0\0\0 ftypavif....", "brand 'avif'"),
                Arguments.of("hello\1", "starts with 'hello?'"));
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void otherContentIsDescribed(String content, String description) {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        assertFailure(() -> ImageDecoder.decode(bytes, "row.png"))
                .hasMessageContaining("row.png")
                .hasMessageContaining("expected JPEG, PNG, GIF, BMP, TIFF or WebP")
                .hasMessageContaining(description)
                .hasMessageContaining("Fix:");
    }

    @ParameterizedTest
    @CsvSource({
        "jpeg_420.jpg, 80",
        "jpeg_444_progressive.jpg, 80",
        "png_rgba_8_bits.png, 67",
        "gif_full.gif, 67",
        "webp_lossy.webp, 67",
        "webp_animated.webp, 33",
        "bmp_24_bits.bmp, 67",
        "tiff_rgb_lzw.tif, 67"
    })
    void aFileCutShortIsRefusedIfTheOptionsSaySo(String name, int percent) {
        byte[] whole = resource(name);
        byte[] part = Arrays.copyOf(whole, whole.length * percent / 100);
        DecodeOptions strict = DecodeOptions.defaults().withTruncated(false);
        assertFailure(() -> ImageDecoder.decode(part, name, strict))
                .hasMessageContaining("image " + name)
                .hasMessageContaining("Fix:");
    }

    /** A file cut short and what Pillow makes of the rest. */
    record Cut(String file, int bytes, int width, int height, String sha256) {}

    static List<Cut> cuts() {
        return new String(resource("truncated.txt"), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" "))
                .map(f -> new Cut(f[0], Integer.parseInt(f[1]), Integer.parseInt(f[2]), Integer.parseInt(f[3]), f[4]))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void aFileCutShortIsFilledUpAsPillowDoesIt(Cut cut) {
        byte[] part = Arrays.copyOf(resource(cut.file()), cut.bytes());
        DecodedImage decoded = ImageDecoder.decodeAll(part, cut.file(), DecodeOptions.defaults());
        assertThat(decoded.image().width()).isEqualTo(cut.width());
        assertThat(decoded.image().height()).isEqualTo(cut.height());
        assertThat(Pixels.sha256(decoded.image())).isEqualTo(cut.sha256());
    }

    @Test
    void aJpegWithoutItsEndMarkerIsStillWhole() {
        byte[] whole = resource("jpeg_420.jpg");
        byte[] cut = Arrays.copyOf(whole, whole.length - 2);
        assertThat(ImageDecoder.decode(cut, "cut").pixels())
                .isEqualTo(ImageDecoder.decode(whole, "whole").pixels());
    }

    @Test
    void aPngWithAFlippedBitIsRefused() {
        byte[] png = PngWriter.encode(Pixels.pattern("noise", 30, 30));
        png[png.length / 2] ^= 1;
        assertFailure(() -> ImageDecoder.decode(png, "x.png")).hasMessageContaining("checksum of its IDAT chunk");
    }

    @ParameterizedTest
    @CsvSource({"jpeg_420.jpg, 390", "gif_small_frame.gif, 1199", "webp_animated.webp, 719", "png_rgba_8_bits.png, 62"})
    void anImageOverThePixelLimitIsRefusedBeforeDecoding(String name, long limit) {
        DecodeOptions limits = DecodeOptions.defaults();
        assertThat(ImageDecoder.decode(resource(name), name, limits.withMaxPixels(limit + 1)))
                .isNotNull();
        assertFailure(() -> ImageDecoder.decode(resource(name), name, limits.withMaxPixels(limit)))
                .hasMessageContaining("more than the limit of " + limit);
    }

    @Test
    void damagedBytesNeverEscapeAsAnotherFailure() {
        Random random = new Random(7);
        List<Fixture> all = fixtures();
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = resource(all.get(random.nextInt(all.size())).file());
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            bytes[random.nextInt(Math.min(64, bytes.length))] = (byte) random.nextInt(256);
            try {
                ImageDecoder.decode(bytes, "damaged", DecodeOptions.defaults().withMaxPixels(1_000_000));
            } catch (DataException e) {
                assertThat(e).hasMessageContaining("damaged");
            }
        }
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertFailure(ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOf(DataException.class);
    }

    private static byte[] resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(ImageDecoderTest.class.getResourceAsStream("/images/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
