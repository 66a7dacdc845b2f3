package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.data.source.Archives;
import dev.mpo.data.source.Media;
import dev.mpo.data.source.MediaSource;
import dev.mpo.testkit.NpzFile;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pixels recorded from Pillow and torchvision: decoding, tiles, normalisation, resize and JPEG round trips. */
final class GoldenPixelsTest {

    private Path folder;
    private JsonNode golden;
    private TileOptions options;

    @BeforeEach
    void readGolden() throws IOException {
        folder = SharedFiles.require("goldens/golden/b_pixels");
        golden = new ObjectMapper().readTree(folder.resolve("pixels.json").toFile());
        options = new TileOptions(
                golden.path("image_size").asInt(),
                golden.path("min_num").asInt(),
                golden.path("max_num").asInt(),
                golden.path("use_thumbnail").asBoolean(),
                true);
    }

    @Test
    void everyOriginalImageDecodesToPillowsPixels() {
        Path images = SharedFiles.require("goldens/dataset/images");
        assertThat(golden.path("images")).isNotEmpty();
        SoftAssertions softly = new SoftAssertions();
        for (JsonNode item : golden.path("images")) {
            RgbImage image = ImageDecoder.decode(images.resolve(text(item, "image")));
            softly.assertThat(Pixels.sha256(image)).as(text(item, "image")).isEqualTo(text(item, "decoded_sha256"));
        }
        softly.assertAll();
    }

    @Test
    void imagesInsideArchivesDecodeToTheSamePixels(@TempDir Path temp) throws IOException {
        Path images = SharedFiles.require("goldens/dataset/images");
        Map<String, byte[]> members = new HashMap<>();
        for (JsonNode item : golden.path("images")) {
            members.put("images/" + text(item, "image"), Files.readAllBytes(images.resolve(text(item, "image"))));
        }
        Path zip = Archives.zip(temp.resolve("all.zip"), members);
        Path tar = Archives.tar(temp.resolve("all.tar"), members);
        try (MediaSource source = MediaSource.local()) {
            for (JsonNode item : golden.path("images")) {
                for (Path archive : List.of(zip, tar)) {
                    Media media = source.find(Path.of(archive + "!/images"), text(item, "image"));
                    RgbImage image = ImageDecoder.decode(media, DecodeOptions.defaults());
                    assertThat(Pixels.sha256(image)).as(media.name()).isEqualTo(text(item, "decoded_sha256"));
                    assertThat(ImageSize.read(media)).isEqualTo(new ImageSize(image.width(), image.height()));
                }
            }
        }
    }

    @Test
    void everyDecodedPngIsReadBackExactly() {
        for (JsonNode item : golden.path("images")) {
            assertThat(Pixels.sha256(decoded(item))).as(text(item, "image")).isEqualTo(text(item, "decoded_sha256"));
        }
    }

    @Test
    void tilesEqualTheReferencesBitForBit() throws IOException {
        for (JsonNode item : golden.path("images")) {
            RgbImage image = decoded(item);
            NpzFile npz = NpzFile.load(folder.resolve(text(item, "tiles_npz")));
            Tiles tiles = Tiler.tile(image, options);
            assertThat(TileGrid.choose(image.width(), image.height(), options))
                    .as(text(item, "image"))
                    .isEqualTo(new TileGrid(
                            item.path("cols").asInt(), item.path("rows").asInt()));
            assertThat(tiles.count()).isEqualTo(item.path("num_tiles").asInt());
            assertSame(tiles.pixels(), npz.bytes("tiles_u8"), text(item, "image") + " tiles");
            assertThat(Pixels.sha256(tiles.pixels())).isEqualTo(text(item, "tiles_u8_sha256"));
            TileOptions single = new TileOptions(options.imageSize(), 1, 1, true, false);
            assertSame(Tiler.tile(image, single).pixels(), npz.bytes("single_u8"), text(item, "image") + " single");
            assertSame(
                    Tiler.padToSquare(image, options.imageSize()).pixels(),
                    npz.bytes("pad2square_u8"),
                    text(item, "image") + " padded");
        }
    }

    @Test
    void normalizedTilesEqualTheReferences() throws IOException {
        for (JsonNode item : golden.path("images")) {
            RgbImage image = decoded(item);
            Tiles tiles = Tiler.tile(image, options);
            Tiles padded = Tiler.padToSquare(image, options.imageSize());
            checkSums(item, Normalization.IMAGENET.normalize(tiles), tiles.count());
            assertThat(sum(Normalization.IMAGENET.normalize(padded)))
                    .isCloseTo(item.path("pad2square_sum").asDouble(), within(1e-3));
            NpzFile npz = NpzFile.load(folder.resolve(text(item, "tiles_npz")));
            if (npz.names().contains("tiles_f32")) {
                assertThat(Normalization.IMAGENET.normalize(tiles))
                        .containsExactly(npz.floats("tiles_f32"), within(1e-6f));
                assertThat(Normalization.IMAGENET.normalize(padded))
                        .containsExactly(npz.floats("pad2square_f32"), within(1e-6f));
            }
        }
    }

    @Test
    void normalizationConstantsGiveTheRecordedValues() {
        byte[] ramp = new byte[56 * 3];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) (4 * (i / 3) + i % 3);
        }
        Map<String, Normalization> kinds =
                Map.of("imagenet", Normalization.IMAGENET, "clip", Normalization.CLIP, "siglip", Normalization.SIGLIP);
        for (Map.Entry<String, JsonNode> entry : golden.path("normalize").properties()) {
            Normalization kind = Objects.requireNonNull(kinds.get(entry.getKey()), entry.getKey());
            JsonNode recorded = entry.getValue();
            float[] row = kind.normalize(new RgbImage(56, 1, ramp));
            float[] zero = kind.normalize(new RgbImage(1, 1, new byte[3]));
            for (int channel = 0; channel < 3; channel++) {
                assertThat((double) zero[channel])
                        .isCloseTo(recorded.path("zero").path(channel).asDouble(), within(1e-6));
                for (int x = 0; x < 56; x++) {
                    assertThat((double) row[channel * 56 + x])
                            .isCloseTo(
                                    recorded.path("row0").path(channel).path(x).asDouble(), within(1e-6));
                }
            }
        }
    }

    @Test
    void resizeIsPillowsBicubicBitForBit() throws IOException {
        NpzFile npz = NpzFile.load(folder.resolve("resize.npz"));
        assertThat(golden.path("resize")).isNotEmpty();
        for (JsonNode item : golden.path("resize")) {
            RgbImage source = Pixels.pattern(
                    text(item, "pattern"),
                    item.path("src_w").asInt(),
                    item.path("src_h").asInt());
            assertThat(Pixels.sha256(source)).isEqualTo(text(item, "src_sha256"));
            RgbImage resized = BicubicResize.resize(
                    source, item.path("dst_w").asInt(), item.path("dst_h").asInt());
            if (item.path("stored").asBoolean()) {
                assertSame(resized.pixels(), npz.bytes(text(item, "key")), text(item, "key"));
            }
            assertThat(Pixels.sha256(resized)).as(text(item, "key")).isEqualTo(text(item, "dst_sha256"));
        }
    }

    @Test
    void jpegRoundTripsStayWithinAFewLevelsOfTheReference() throws IOException {
        NpzFile npz = NpzFile.load(folder.resolve("jpeg_degrade.npz"));
        assertThat(golden.path("jpeg_degrade")).isNotEmpty();
        Path images = SharedFiles.require("goldens/dataset/images");
        for (Map.Entry<String, JsonNode> item : golden.path("jpeg_degrade").properties()) {
            RgbImage image = ImageDecoder.decode(images.resolve(text(item.getValue(), "image")));
            RgbImage degraded = JpegDegradation.degrade(
                    image, item.getValue().path("quality").asInt());
            byte[] expected = npz.bytes(item.getKey());
            int largest = 0;
            for (int i = 0; i < expected.length; i++) {
                largest = Math.max(largest, Math.abs((expected[i] & 0xff) - (degraded.pixels()[i] & 0xff)));
            }
            assertThat(largest).as(item.getKey()).isLessThanOrEqualTo(3);
        }
    }

    private RgbImage decoded(JsonNode item) {
        return ImageDecoder.decode(folder.resolve(text(item, "decoded_png")));
    }

    private static void checkSums(JsonNode item, float[] values, int count) {
        int length = values.length / count;
        for (int i = 0; i < count; i++) {
            JsonNode recorded = item.path("normalized").path(i);
            float[] tile = Arrays.copyOfRange(values, i * length, (i + 1) * length);
            assertThat(sum(tile)).isCloseTo(recorded.path("sum").asDouble(), within(1e-3));
            for (int k = 0; k < 4; k++) {
                assertThat((double) tile[k])
                        .isCloseTo(recorded.path("first4").path(k).asDouble(), within(1e-6));
            }
        }
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    private static void assertSame(byte[] actual, byte[] expected, String what) {
        assertThat(Arrays.mismatch(actual, expected))
                .as("%s: first difference", what)
                .isEqualTo(-1);
    }

    private static String text(JsonNode item, String key) {
        return item.path(key).asText();
    }
}
